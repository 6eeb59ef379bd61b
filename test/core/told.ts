/** What a table holds of instances that random stories were told to, and what is wrong with it. */
import fc from 'fast-check';
import { partition, recordKey } from '../../core/flow.ts';
import { entryOf, examineStored, hashOf } from '../../core/journal.ts';
import type { StoredItem } from '../../core/ports.ts';
import type { Entry, Item } from '../../core/types.ts';
import { createEngine, type Engine, FLOW } from '../support/engine.ts';
import { bell } from './bell.ts';
import { machine, rulesOf, story } from './random-machine.ts';

export const instance = { flow: FLOW, flowId: 'd' };

export interface Told {
  items: StoredItem[];
  /** The item of the record, by version. */
  records: Item[];
}

export const itemsOf = ({ table }: Engine, flowId: string) =>
  table.query('flows', partition(FLOW, flowId), 'entry#');
export const recordItemOf = ({ table }: Engine, flowId: string) => table.read(recordKey(FLOW, flowId));

/** What a table holds of an instance after each of its events. One event may make several versions. */
export async function tell(
  engine: Engine,
  flowId: string,
  events: [type: string, n: number][],
): Promise<Told> {
  const records: Item[] = [];
  for (const [type, n] of [['Made', 0] as [string, number], ...events]) {
    await engine.tell(flowId, type, { n });
    const record = await recordItemOf(engine, flowId);
    if (record) records[Number(record['version'])] = record;
  }
  return { items: await itemsOf(engine, flowId), records };
}

/** Holds a property for what random machines leave behind of random stories, with their effects performed. */
export const always = (holds: (told: Told & { record: Item }, other: Told) => void, numRuns = 25) =>
  fc.assert(
    fc.asyncProperty(machine, story, async (behaviours, events) => {
      const engine = createEngine({ rules: rulesOf(behaviours), executors: { bell: bell().executor } });
      try {
        const list = events.map(({ type, n }) => [type, n] as [string, number]);
        const other = await tell(engine, 'other', list);
        const told = await tell(engine, 'd', list);
        await engine.relayAll('d');
        const record = told.records.at(-1) as Item;
        holds({ ...told, items: await itemsOf(engine, 'd'), record }, other);
      } finally {
        engine.close();
      }
    }),
    { numRuns },
  );

export const versionOf = ({ item }: StoredItem) => Number(item['version']);
export const faultsOf = (items: StoredItem[], record?: Item) => examineStored(instance, items, record).faults;
export const put = (items: StoredItem[], index: number, item: Item): StoredItem[] =>
  items.with(index, { key: items[index]?.key as StoredItem['key'], item });
export const changed = (version: number) => ({ fault: 'changed', version });

/** An entry with other content, and the hash of that. */
export const resealed = (item: Item, change: Partial<Entry>): Item => {
  const entry = { ...entryOf(item), ...change };
  return { ...item, ...entry, hash: hashOf(entry) } as unknown as Item;
};
