/** Pure: the entries of one instance as a journal: a chain of hashes, and what they fold to. */
import { createHash } from 'node:crypto';
import { deliverables, entryItemOf, isSettled } from './bookkeeping.ts';
import { entryKey } from './flow.ts';
import { recordItem } from './persistence.ts';
import type { StoredItem } from './ports.ts';
import { project } from './transition.ts';
import type { Entry, InstanceRecord, Item, Json } from './types.ts';

/**
 * The same text for equal values: tables do not keep the order of fields, and not all of them keep half of a surrogate pair.
 */
function canonical(value: Json | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort();
  return `{${fields.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** SHA-256 of all of an entry but its hash; so it covers the hash of the entry before as well. base64url. */
export function hashOf(entry: Entry): string {
  const { hash: _, ...covered } = entry;
  return createHash('sha256')
    .update(canonical(covered as unknown as Item))
    .digest('base64url');
}

/** The entry as a link of the chain that the record knows the end of. */
export function sealed(record: Pick<InstanceRecord, 'hash'> | undefined, entry: Entry): Entry {
  const linked = { ...entry, previous: record?.hash ?? '' };
  return { ...linked, hash: hashOf(linked) };
}

/** Hashes of entries are no secret: they are published. */
const same = (one: unknown, other: unknown): boolean => one === other;

/** Whether the entry is what its hash was made of. */
const isSealed = (entry: Entry): boolean => same(entry.hash, hashOf(entry));

/**
 * The immutable part of a stored entry: all but what the relay notes beside it. `expiresAt` is such a note in an outbox only: the
 * table would delete an entry that has it.
 */
export function entryOf(item: Item): Entry {
  const { revision: _, delivery: __, dueAt: ___, publishes: ____, ...entry } = item;
  return entry as unknown as Entry;
}

/** The record after an entry of a journal. One that knows of none before it was written over a record that had expired. */
const projected = (record: InstanceRecord | undefined, entry: Entry): InstanceRecord =>
  project(entry.previous === '' ? undefined : record, entry);

/**
 * The record at a version: what the entries up to there fold to.
 *
 * @param entries of one instance, in order.
 * @returns undefined where there is no such version.
 */
export function foldedTo(entries: Entry[], version: number): InstanceRecord | undefined {
  const told = entries.filter((entry) => entry.version <= version);
  if (told.at(-1)?.version !== version) return undefined;
  return told.reduce<InstanceRecord | undefined>(projected, undefined);
}

/**
 * What is wrong with a journal:
 *
 * - `missing`: there are no entries from `version` to `last`;
 * - `changed`: the entry in the place of `version` is not what was written there;
 * - `torn`: it is whole, and so is the one before, but it was not written after that one: one of them was written anew;
 * - `stray`: there is something among the entries that is in no entry's place;
 * - `unwatched`: something is left to deliver of the entry, and no time is noted at which anybody would look;
 * - `lost`: there are entries and no record;
 * - `differs`: the record is not what the entries fold to.
 */
export type JournalFault =
  | { fault: 'missing'; version: number; last: number }
  | { fault: 'changed' | 'torn' | 'unwatched'; version: number }
  | { fault: 'stray'; key: string }
  | { fault: 'lost' }
  | { fault: 'differs'; fields: string[] };

export interface Examined {
  faults: JournalFault[];
  /** What the entries fold to: only where their chain is whole. */
  record?: InstanceRecord;
}

type Instance = Pick<Entry, 'flow' | 'flowId'>;

/** An entry, and the version that its key says. */
interface Placed {
  version: number;
  entry: Entry;
}

/**
 * Follows the chain of an instance's entries, folds them and compares that with the record.
 *
 * @param entries all of the instance, in order, each with its hash.
 * @param record undefined where the table holds none.
 */
export function examine(instance: Instance, entries: Entry[], record: InstanceRecord | undefined): Examined {
  const placed = entries.map((entry) => ({ version: entry.version, entry }));
  return compared(instance, placed, record as Item | undefined, (one) => one as unknown as Item);
}

/**
 * The same of items as a table holds them, whatever they are: the place of an entry is its key, and the place of the record in the
 * index of what waits for time has to be right as well.
 *
 * @param items all whose sort key begins with `entry#`, in order.
 */
export function examineStored(instance: Instance, items: StoredItem[], record: Item | undefined): Examined {
  const all = items.map(({ key: { sk }, item }) => ({
    ...{ sk, version: Number(sk.slice('entry#'.length)) },
    // Whoever changed it may have left anything.
    entry: entryOf(Object(item) as Item),
  }));
  const isPlaced = ({ sk, version }: (typeof all)[number]) =>
    version > 0 && sk === entryKey(instance.flow, instance.flowId, version).sk;
  const { faults, ...found } = compared(instance, all.filter(isPlaced), record, recordItem);
  const strays = all.filter((one) => !isPlaced(one)).map(({ sk }) => ({ fault: 'stray' as const, key: sk }));
  const unwatched = items
    .map(({ item }, index) => ({ item, placed: all[index] as (typeof all)[number] }))
    // Of an entry that was changed nobody knows what was to be delivered.
    .filter(({ item, placed }) => isPlaced(placed) && isWhole(instance, placed) && !isWatched(item))
    .map(({ placed: { version } }) => ({ fault: 'unwatched' as const, version }));
  return { faults: [...faults, ...strays, ...unwatched], ...found };
}

/** Whether the reconciler would find what is left to deliver. What is no entry has nothing to deliver. */
function isWatched(item: Item): boolean {
  try {
    const entry = entryItemOf(Object(item) as Item);
    return entry.dueAt !== undefined || deliverables(entry).every((effect) => isSettled(entry, effect));
  } catch {
    return true;
  }
}

function compared(
  instance: Instance,
  entries: Placed[],
  record: Item | undefined,
  storedAs: (record: InstanceRecord) => Item,
): Examined {
  const faults = chainFaults(instance, entries, record);
  const lost: JournalFault[] = entries.length > 0 && !record ? [{ fault: 'lost' }] : [];
  if (faults.length > 0) return { faults: [...faults, ...lost] };
  let made: InstanceRecord | undefined;
  for (const { version, entry } of entries) {
    try {
      made = projected(made, entry);
    } catch {
      // Sealed anew with parts missing.
      return { faults: [{ fault: 'changed', version }, ...lost] };
    }
  }
  if (!made) return { faults: [] };
  if (!record) return { faults: lost, record: made };
  const fields = differing(storedAs(made), record);
  return { faults: fields.length > 0 ? [{ fault: 'differs', fields }] : [], record: made };
}

function chainFaults(instance: Instance, entries: Placed[], record: Item | undefined): JournalFault[] {
  const faults: JournalFault[] = [];
  const missing = (version: number, last: number) => {
    if (version <= last) faults.push({ fault: 'missing', version, last });
  };
  /** The one before, where it can be trusted to be what was written there. */
  let before: Placed | undefined;
  let next = 1;
  for (const placed of entries) {
    const { version } = placed;
    missing(next, version - 1);
    const whole = isWhole(instance, placed);
    if (!whole) faults.push({ fault: 'changed', version });
    // After a gap there is nothing that the entry could be held against but itself.
    else if (before && version === next && !follows(before.entry, placed.entry))
      faults.push({ fault: 'torn', version });
    before = whole ? placed : undefined;
    next = version + 1;
  }
  missing(next, lastKnown(entries, record));
  return faults;
}

/** Whether an entry is what was written in its place. */
function isWhole({ flow, flowId }: Instance, { version, entry }: Placed): boolean {
  const isOwn = entry.flow === flow && entry.flowId === flowId && entry.version === version;
  return isOwn && isSealed(entry) && (version > 1 || entry.previous === '');
}

function follows({ hash, rests }: Entry, { previous, at }: Entry): boolean {
  const expiresAt = rests?.expiresAt;
  return previous === '' ? expiresAt !== undefined && expiresAt <= at : same(previous, hash);
}

/** The version of the newest entry that there must be. A record that ends in the newest one there is knows of no other. */
function lastKnown(entries: Placed[], record: Item | undefined): number {
  const newest = entries.at(-1);
  if (!record || (newest && same(record['hash'], newest.entry.hash))) return 0;
  const version = Number(record['version']);
  return Number.isSafeInteger(version) ? Math.max(version, 1) : 1;
}

function differing(one: Item, other: Item): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((field) => canonical(one[field]) !== canonical(other[field]))
    .sort();
}
