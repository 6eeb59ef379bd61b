/** Pure: the entries of one instance as a journal: a chain of hashes, and what they fold to. */
import { createHash } from 'node:crypto';
import { partition } from './flow.ts';
import { project } from './transition.ts';
import type { Entry, InstanceRecord, Item, Json } from './types.ts';

/** All of an entry but its hash: what the hash covers. Its delivery is noted beside it, and is not part of it. */
const COVERED = [
  'flow',
  'flowId',
  'version',
  'event',
  'from',
  'to',
  'facts',
  'effects',
  'at',
  'change',
  'rests',
  'deferred',
  'fingerprint',
  'answer',
  'viewBefore',
  'previous',
] as const satisfies (keyof Entry)[];

/** The same text for equal values: tables do not keep the order of fields. */
function canonical(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** SHA-256 of an entry's content, that of the entry before included; base64url. */
export function hashOf(entry: Entry): string {
  const covered = Object.fromEntries(COVERED.map((name) => [name, entry[name] as Json | undefined]));
  return createHash('sha256')
    .update(canonical(covered as Item))
    .digest('base64url');
}

/** The entry as a link of the chain that the record knows the end of. */
export function sealed(record: Pick<InstanceRecord, 'hash'> | undefined, entry: Entry): Entry {
  const linked = { ...entry, previous: record?.hash ?? '' };
  return { ...linked, hash: hashOf(linked) };
}

/** Whether the entry is what its hash was made of. No secret is compared. */
const isSealed = (entry: Entry): boolean => [entry.hash].includes(hashOf(entry));

/** The immutable part of a stored entry. */
export function entryOf(item: Item): Entry {
  const { revision: _, delivery: __, dueAt: ___, publishes: ____, expiresAt: _____, ...entry } = item;
  return entry as unknown as Entry;
}

/**
 * The record at a version: what the entries up to there fold to.
 *
 * @param entries of one instance, in order.
 * @returns undefined where there is no such version.
 */
export function foldedTo(entries: Entry[], version: number): InstanceRecord | undefined {
  const told = entries.filter((entry) => entry.version <= version);
  if (told.at(-1)?.version !== version) return undefined;
  return told.reduce<InstanceRecord | undefined>(project, undefined);
}

/**
 * What is wrong with a journal: `missing`: there is no entry of this version; `changed`: the entry is not what was written, or not
 * what was written after the one before; `lost`: there are entries and no record; `differs`: the record is not what the entries
 * fold to.
 */
export type JournalFault =
  | { fault: 'missing' | 'changed'; version: number }
  | { fault: 'lost' }
  | { fault: 'differs'; fields: string[] };

export interface Examined {
  faults: JournalFault[];
  /** What the entries fold to: only where their chain is whole. */
  record?: InstanceRecord;
}

/**
 * Follows the chain of an instance's entries, folds them and compares that with the record.
 *
 * @param entries all of the instance, in order, each with its hash.
 * @param record undefined where the table holds none.
 */
export function examine(
  { flow, flowId }: Pick<Entry, 'flow' | 'flowId'>,
  entries: Entry[],
  record: InstanceRecord | undefined,
): Examined {
  const faults = chainFaults(partition(flow, flowId), entries, record?.version ?? 0);
  if (faults.length > 0) return { faults };
  const folded = entries.reduce<InstanceRecord | undefined>(project, undefined);
  if (!folded) return { faults: [] };
  if (!record) return { faults: [{ fault: 'lost' }], record: folded };
  const fields = differing(folded, record);
  return { faults: fields.length > 0 ? [{ fault: 'differs', fields }] : [], record: folded };
}

function chainFaults(home: string, entries: Entry[], known: number): JournalFault[] {
  const faults: JournalFault[] = [];
  let previous = '';
  let next = 1;
  for (const entry of entries) {
    const whole = entry.version === next;
    for (; next < entry.version; next++) faults.push({ fault: 'missing', version: next });
    const own = partition(entry.flow, entry.flowId) === home;
    // After a gap there is nothing that the entry could be held against but itself.
    const follows = !whole || entry.previous === previous;
    if (!own || !follows || !isSealed(entry)) faults.push({ fault: 'changed', version: entry.version });
    previous = entry.hash ?? '';
    next = entry.version + 1;
  }
  for (; next <= known; next++) faults.push({ fault: 'missing', version: next });
  return faults;
}

function differing(one: InstanceRecord, other: InstanceRecord): string[] {
  const [a, b] = [one, other] as unknown as [Item, Item];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => canonical(a[field]) !== canonical(b[field]))
    .sort();
}
