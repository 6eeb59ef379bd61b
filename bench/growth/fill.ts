/**
 * Data folders with very many instances, made quickly: one login goes through the engine, and the rows that it left are copied under
 * other ids. What a row looks like is read from the file, so that nothing here knows the schema.
 */
import { closeSync, fsyncSync, openSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { temporaryFolder } from '../../test/support/tables.ts';
import { newFlowId } from '../logins.ts';
import type { Bench } from '../report/result.ts';
import { removedAtEnd } from '../start/ending.ts';
import { createTemplate, type Template, worldOn } from './template.ts';

export const dataFileOf = (folder: string): string => join(folder, 'detent.db');

const DAY = 86_400_000;
const CHUNK = 50_000;
const SAMPLE = 1_000;
/** On the disk, with its entry and its places in the indexes; generously. */
const BYTES_EACH = 6_000;

export interface Filled {
  folder: string;
  template: Template;
  /** Some of the instances, old and new: logged in, with a session that ends in a month. */
  flowIds: string[];
}

/**
 * Copies the template in one transaction.
 *
 * @param flowIds of the copies, each as long as the template's.
 * @param deadline of the first, in ms since 1970; each further one is a ms later.
 */
export function copyInto(
  db: DatabaseSync,
  { flowId, deadline: known, rows }: Template,
  flowIds: readonly string[],
  deadline: number,
): void {
  const copies = rows.map(({ table, values }) => ({
    statement: db.prepare(`INSERT INTO "${table}" VALUES (${values.map(() => '?').join(', ')})`),
    values: values.map((value) => copier(value, flowId, known)),
  }));
  db.exec('BEGIN IMMEDIATE');
  for (const [index, id] of flowIds.entries()) {
    const at = new Date(deadline + index).toISOString();
    for (const { statement, values } of copies) statement.run(...values.map((copy) => copy(id, at)));
  }
  db.exec('COMMIT');
}

/** A value with another id and another deadline in the places of the template's; both are as long as those. */
function copier(
  value: SQLInputValue,
  flowId: string,
  deadline: string,
): (id: string, at: string) => SQLInputValue {
  if (value === Date.parse(deadline)) return (_id, at) => Date.parse(at);
  const isBytes = value instanceof Uint8Array;
  const text = isBytes ? Buffer.from(value).toString('latin1') : value;
  if (typeof text !== 'string' || !(text.includes(flowId) || text.includes(deadline))) return () => value;
  const parts = text.split(flowId).map((part) => part.split(deadline));
  return (id, at) => {
    const copied = parts.map((part) => part.join(at)).join(id);
    return isBytes ? Buffer.from(copied, 'latin1') : copied;
  };
}

/** A data folder with so many instances, for one use. */
export async function fill(bench: Bench, instances: number): Promise<Filled> {
  const folder = bench.folder();
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < instances * BYTES_EACH)
    throw new Error(`${instances} instances need ${(instances * BYTES_EACH) / 1e9} GB below ${folder}`);
  await openKeyFile(join(folder, 'keys.json'), { create: true });
  const template = await createTemplate();
  const made = openDataFile(dataFileOf(folder));
  // With the user who would otherwise be made at the start.
  await worldOn(made);
  made.close();
  const db = new DatabaseSync(dataFileOf(folder));
  // A file that is not whole in the end is of no use: it needs neither a log nor the disk's word.
  db.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000',
  );
  const flowIds = Array.from({ length: instances }, newFlowId);
  for (let from = 0; from < instances; from += CHUNK) {
    copyInto(db, template, flowIds.slice(from, from + CHUNK), Date.now() + 30 * DAY + from);
    // Signals are heard in between.
    await setImmediate();
    if (from > 0 && from % (4 * CHUNK) === 0) bench.progress(`${from} of ${instances} instances are there`);
  }
  db.close();
  // Here, and not while others measure.
  if (instances > CHUNK) bench.progress(`${instances} instances: to the disk`);
  const file = openSync(dataFileOf(folder), 'r+');
  fsyncSync(file);
  closeSync(file);
  const apart = Math.ceil(instances / SAMPLE);
  return { folder, template, flowIds: flowIds.filter((_, index) => index % apart === 0) };
}

const known = new Map<number, Promise<Filled>>();

/**
 * A data folder with so many instances: made once in a run, whichever part asks for it, and removed when the process ends. Close
 * the file before you leave it to others.
 */
export function filled(bench: Bench, instances: number): Promise<Filled> {
  const folder = () => {
    const { path } = temporaryFolder();
    removedAtEnd(path);
    return path;
  };
  const found = known.get(instances) ?? fill({ ...bench, folder }, instances);
  known.set(instances, found);
  return found;
}
