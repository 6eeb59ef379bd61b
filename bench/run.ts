/** Runs parts of the benchmark, each in folders of its own, which go when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Part, Result } from './report/result.ts';

/**
 * @param told gets the results of each part when it is done.
 * @param progress gets a line now and then.
 * @returns the results by the names of the parts.
 * @throws Error where two results have the same name, or what a part throws.
 */
export async function runParts(
  parts: readonly Part[],
  quick: boolean,
  told: (part: Part, results: Result[]) => void,
  progress: Bench['progress'],
): Promise<Map<string, Result[]>> {
  const measured = new Map<string, Result[]>();
  const names = new Set<string>();
  for (const part of parts) {
    const folder = mkdtempSync(join(tmpdir(), 'detent-bench-'));
    try {
      const bench = { quick, progress, folder: () => mkdtempSync(join(folder, 'run-')) };
      const results = await part.measure(bench);
      for (const { name } of results) {
        if (names.has(name)) throw new Error(`there are two results ${name}`);
        names.add(name);
      }
      measured.set(part.name, results);
      told(part, results);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return measured;
}
