/** Runs parts of the benchmark, each in folders of its own, which go when it ends. */
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Part, Result } from './report/result.ts';
import { endOnSignals, removedAtEnd } from './start/ending.ts';

/** What parts put on the disk at most: a folder with a million instances, generously; growth also the logins of its memory. */
const bytesOf: { [part: string]: number } = { growth: 9e9, start: 6e9 };

/**
 * Runs one part after the other; where one fails, the others go on. SIGINT and SIGTERM end the process and leave nothing behind.
 *
 * @param told gets the results of each part when it is done.
 * @param progress gets a line now and then.
 * @param failed gets what a part threw, at once. Where it is not given, the first of these is thrown when all others are done.
 * @returns the results by the names of the parts that did not fail.
 * @throws Error where the disk has too little room for these parts, before anything is measured.
 */
export async function runParts(
  parts: readonly Part[],
  quick: boolean,
  told: (part: Part, results: Result[]) => void,
  progress: Bench['progress'],
  failed?: (part: Part, error: unknown) => void,
): Promise<Map<string, Result[]>> {
  checkRoom(parts);
  const measured = new Map<string, Result[]>();
  const names = new Set<string>();
  const failures: unknown[] = [];
  const stay = endOnSignals();
  const leave = ownTemporaryFolder();
  try {
    for (const part of parts) {
      try {
        const results = await measuredBy(part, { quick, progress });
        for (const { name } of results) {
          if (names.has(name)) throw new Error(`there are two results ${name}`);
          names.add(name);
        }
        measured.set(part.name, results);
        told(part, results);
      } catch (error) {
        progress(`the part ${part.name} has failed`);
        failures.push(error);
        failed?.(part, error);
      }
    }
  } finally {
    leave();
    stay();
  }
  if (failures.length > 0 && !failed) throw failures[0];
  return measured;
}

async function measuredBy(part: Part, bench: Omit<Bench, 'folder'>): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'part-'));
  const remove = removedAtEnd(folder);
  try {
    return await part.measure({ ...bench, folder: () => mkdtempSync(join(folder, 'run-')) });
  } finally {
    remove();
  }
}

/**
 * From now on all temporary folders are made below one of this run, whoever makes them.
 *
 * @returns removes it with all that is in it.
 */
function ownTemporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'detent-bench-'));
  const remove = removedAtEnd(folder);
  // The name that systems know it by, and that of Windows.
  const before = (['TMPDIR', 'TEMP'] as const).map((name) => [name, process.env[name]] as const);
  for (const [name] of before) process.env[name] = folder;
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    remove();
  };
}

/**
 * @param free bytes below the system's temporary folder.
 * @throws Error where these parts need more.
 */
export function checkRoom(parts: readonly Pick<Part, 'name'>[], free = freeBytes()): void {
  const needed = Math.max(0, ...parts.map(({ name }) => bytesOf[name] ?? 0));
  if (free >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Error(
    `These parts need up to ${gigabytes(needed)} below ${tmpdir()}, where ${gigabytes(free)} are free. TMPDIR can name another folder.`,
  );
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize;
}
