/** Pure: the history of one instance, for a person or as JSON. Entries may have been changed into anything. */
import { bookkeepingOf, deliverables, type EntryItem } from '../core/bookkeeping.ts';
import { entryOf, examineStored, type JournalFault } from '../core/journal.ts';
import { recordOf } from '../core/persistence.ts';
import type { StoredItem } from '../core/ports.ts';
import type { Effect, Entry, Fact, InstanceRecord, Item } from '../core/types.ts';
import type { Reading } from './journal-read.ts';
import { faultInWords } from './journal-words.ts';

export interface HistoryItem
  extends Partial<Pick<Entry, 'at' | 'event' | 'from' | 'to' | 'deferred' | 'hash'>> {
  version: number;
  facts: Fact[];
  /** What was asked for, and what has become of it; last the word of the transition itself, where others are told. */
  effects: (Effect & { status: string; attempt: number })[];
}

export interface History {
  flow: string;
  flowId: string;
  entries: HistoryItem[];
  /** What is wrong with the journal as far as it is shown. */
  faults: JournalFault[];
  /** What the entries fold to; where they cannot be folded to the newest version, what the table holds. */
  record?: InstanceRecord;
}

/**
 * @param version up to which it is told; by default the newest.
 * @returns undefined where there is no such version.
 */
export function historyOf(
  { flow, flowId }: Pick<Entry, 'flow' | 'flowId'>,
  { entries, stored, faults, record }: Reading,
  version?: number,
): History | undefined {
  if (version === undefined) {
    const known = record ?? (stored && recordOf(stored));
    return { flow, flowId, entries: entries.map(told), faults, ...(known && { record: known }) };
  }
  const before = entries.filter(({ key }) => versionOf(key.sk) <= version);
  const newest = before.at(-1);
  if (!newest || versionOf(newest.key.sk) !== version) return undefined;
  const then = examineStored({ flow, flowId }, before, undefined);
  return {
    ...{ flow, flowId, entries: before.map(told) },
    // What became of the record later is another matter.
    faults: then.faults.filter(({ fault }) => fault !== 'lost'),
    ...(then.record && { record: then.record }),
  };
}

const versionOf = (sk: string): number => Number(sk.slice('entry#'.length));

function told({ key: { sk }, item }: StoredItem): HistoryItem {
  const { at, event, from, to, facts, deferred, hash } = entryOf(Object(item) as Item);
  return {
    version: versionOf(sk),
    ...{ at, event, from, to },
    facts: objects(facts),
    effects: effectsOf(Object(item)),
    ...(deferred && { deferred }),
    ...(hash !== undefined && { hash }),
  };
}

function effectsOf(item: EntryItem): HistoryItem['effects'] {
  const entry = { ...item, delivery: Object(item.delivery), effects: objects(item.effects) };
  return deliverables(entry).map((effect) => {
    const { status, attempt } = bookkeepingOf(entry, effect);
    return { ...effect, status, attempt };
  });
}

const objects = <T>(list: T[]): T[] =>
  Array.isArray(list) ? list.filter((one) => typeof one === 'object' && one !== null) : [];

/** The history as lines: a table, then the state and the data that it ends in. */
export function historyInLines({ flow, flowId, entries, faults, record }: History): string[] {
  const rows = entries.map(({ version, at, event, from, to, hash }) => [
    String(version),
    text(at),
    text(event?.type),
    `${text(from)} → ${text(to)}`,
    text(hash).slice(0, 10),
  ]);
  const [head = '', ...lines] = table([['version', 'at', 'event', 'from → to', 'hash'], ...rows]);
  return [
    `${flow} ${flowId}`,
    ...faults.map((one) => `FAULTY: ${faultInWords(one)}`),
    '',
    head,
    ...entries.flatMap(({ facts, deferred, effects }, index) => [
      lines[index] ?? '',
      ...facts.map(
        ({ type, ...fields }) => `         fact    ${[text(type), ...fieldsOf(fields)].join(' ')}`,
      ),
      ...queueInWords(deferred).map((what) => `         queue   ${what}`),
      ...effects.map(({ id, kind, status, attempt }) => {
        const tries = attempt > 1 ? ` at attempt ${attempt}` : '';
        return `         effect  ${text(id)} ${text(kind)}: ${status}${tries}`;
      }),
    ]),
    ...(record ? ['', ...recordInLines(record)] : []),
  ];
}

/** What became of events that had to wait. */
function queueInWords(change: Entry['deferred']): string[] {
  const { added, taken, again, dropped } = change ?? {};
  const gone = objects(dropped ?? []);
  return [
    ...(added ? [`${text(added.event?.type)} waits`] : []),
    ...(again === undefined ? [] : ['it waits on']),
    ...(taken === undefined || gone.some(({ id }) => id === taken) ? [] : ['it had waited']),
    ...gone.map(({ type }) => `${text(type)} was dropped`),
  ];
}

function recordInLines({ version, state, deadline, deferred, data }: InstanceRecord): string[] {
  const waiting = Array.isArray(deferred) ? deferred.map(({ event }) => event?.type) : [];
  return [
    [
      `version ${version}: ${state}`,
      ...(deadline === undefined ? [] : [`until ${deadline}`]),
      ...(waiting.length > 0 ? [`deferred: ${waiting.join(', ')}`] : []),
    ].join(', '),
    JSON.stringify(data, undefined, 2),
  ];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '?');

const fieldsOf = (fields: object): string[] =>
  Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);

/** Columns as wide as their longest cell; the first one, of numbers, to the right. */
function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
