/** One instance of a journal flow as a table holds it, read so that an event that comes in meanwhile is no fault. */
import { entryKey, partition, recordKey } from '../core/flow.ts';
import { type Examined, examineStored } from '../core/journal.ts';
import type { Clock, StoredItem, Table } from '../core/ports.ts';
import type { Item } from '../core/types.ts';

export interface Reading extends Examined {
  /** Items of its entries, in order of their keys. */
  entries: StoredItem[];
  /** The item of its record; undefined where the table holds none. */
  stored: Item | undefined;
}

export interface ReadPorts {
  table: Table;
  clock: Clock;
}

const TRIES = 6;
/** Doubles with every further one. */
const PAUSE_MS = 50;
const ENTRIES = entryKey('', '', 0).sk.replace(/\d+$/, '');

/**
 * Reads the entries and the record of an instance and holds them against each other. The two reads are no one instant: what looks
 * faulty is read again, until it looks the same twice.
 *
 * @returns undefined where the instance kept changing: nothing can be said of it.
 * @throws DetentError `table-unavailable`
 */
export async function readSteady(
  { table, clock }: ReadPorts,
  flow: string,
  flowId: string,
): Promise<Reading | undefined> {
  let seen: string | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await clock.sleep(PAUSE_MS * 2 ** (tries - 1));
    const [entries, stored] = await Promise.all([
      table.query('flows', partition(flow, flowId), ENTRIES),
      table.read(recordKey(flow, flowId)),
    ]);
    const examined = expiring(examineStored({ flow, flowId }, entries, stored), clock);
    const looks = JSON.stringify([examined.faults, entries.length, stored?.['version'], stored?.['hash']]);
    if (examined.faults.length === 0 || looks === seen) return { ...examined, entries, stored };
    seen = looks;
  }
  return undefined;
}

/** A record that has expired may be gone: the table deletes it. */
function expiring(examined: Examined, clock: Clock): Examined {
  const { faults, record } = examined;
  const expiresAt = record?.expiresAt;
  const isGone = expiresAt !== undefined && Date.parse(expiresAt) <= clock.now();
  return isGone ? { ...examined, faults: faults.filter(({ fault }) => fault !== 'lost') } : examined;
}
