/**
 * `npm run bench`: everything is measured in one run on one machine, beside what it is compared with. Prints tables, writes
 * results/latest.json, and in a full run docs/performance.md with its plots. Exits 1 where counted work differs; times warn.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { type Asked, parseArguments, usage } from './arguments.ts';
import { parts, quickParts } from './parts.ts';
import { differencesOf, warningsOf } from './report/budget.ts';
import { machineOf, rewritten } from './report/docs.ts';
import { writePlots } from './report/plots/index.ts';
import type { Part, Result } from './report/result.ts';
import { textTable } from './report/table.ts';
import { runParts } from './run.ts';
import { workTables } from './work/durable-work.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const print = (text: string) => process.stdout.write(`${text}\n`);
const say = (text: string) => process.stderr.write(`${text}\n`);

/** No disk is so quick (ms). */
const NO_DISK_MS = 0.02;

/** Milliseconds of a commit of plain SQLite, its fsync included. */
const commitOf = (results: readonly Result[]): number | undefined =>
  results.find(({ name }) => name === 'engine.p50.c1')?.limit;

async function main(asked: Asked): Promise<void> {
  const { quick } = asked;
  const wanted = asked.parts.length > 0 ? asked.parts : quick ? quickParts : parts.map(({ name }) => name);
  const chosen = parts.filter(({ name }) => wanted.includes(name));
  const told = ({ title }: Part, results: Result[]) => print(`${title}\n\n${textTable(results)}\n`);
  const failed = ({ name }: Part, error: unknown) => {
    process.exitCode = 1;
    say(`the part ${name} failed: ${(error as Error).stack ?? error}`);
  };
  const measured = await runParts(chosen, quick, told, (text) => say(`… ${text}`), failed);
  const results = [...measured.values()].flat();

  if (asked.parts.length === 0) write(measured, quick);
  for (const warning of warningsOf(results)) say(`warning: ${warning}`);
  if ((commitOf(results) ?? 1) < NO_DISK_MS)
    say(
      'warning: an fsync costs next to nothing here, as in a folder in memory: set TMPDIR to one on a disk',
    );
  const differences = differencesOf(results);
  for (const difference of differences) say(`counted work differs: ${difference}`);
  if (differences.length > 0) process.exitCode = 1;
}

/** A run of single parts writes nothing: what lies there is of one run. A short one leaves the page and its plots alone. */
function write(measured: ReadonlyMap<string, Result[]>, quick: boolean): void {
  const results = [...measured.values()].flat();
  mkdirSync(at('results'), { recursive: true });
  writeFileSync(at('results/latest.json'), `${JSON.stringify(results, null, 2)}\n`);
  say(`bench/results/latest.json holds this run: ${[...measured.keys()].join(', ')}`);
  if (quick) return;
  writePlots(at('../docs/plots'), results, [...measured.keys()]);
  const page = at('../docs/performance.md');
  const machine = machineOf(new Date(), sqlite(), commitOf(results));
  writeFileSync(page, rewritten(readFileSync(page, 'utf8'), machine, measured, { work: workTables }));
}

function sqlite(): string {
  const db = new DatabaseSync(':memory:');
  const { version } = db.prepare('SELECT sqlite_version() AS version').get() ?? {};
  db.close();
  return String(version);
}

let asked: Asked | undefined;
try {
  asked = parseArguments(
    process.argv.slice(2),
    parts.map(({ name }) => name),
  );
} catch (error) {
  say((error as Error).message);
  process.exitCode = 2;
}
if (asked?.help) print(usage);
else if (asked) {
  try {
    await main(asked);
  } catch (error) {
    say((error as Error).message);
    process.exitCode = 1;
  }
}
