/** What the chain of a journal finds: over random machines and random events, every single change of it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partition, recordKey } from '../../core/flow.ts';
import { entryOf, examine, examineStored, foldedTo, hashOf, sealed } from '../../core/journal.ts';
import { rename } from '../../core/migration.ts';
import { recordItem, recordOf } from '../../core/persistence.ts';
import type { StoredItem } from '../../core/ports.ts';
import type { Entry, InstanceRecord, Item } from '../../core/types.ts';
import { machine as machineOf } from '../operations/support.ts';
import { createEngine, defer, type Engine, FLOW, go, type Rules } from '../support/engine.ts';
import { bell } from './bell.ts';
import { changesOf, turned, without } from './changes.ts';
import { machine, rulesOf, story } from './random-machine.ts';

const instance = { flow: FLOW, flowId: 'd' };
/** All that is noted beside an entry. */
const BESIDE = ['revision', 'delivery', 'dueAt', 'publishes', 'expiresAt'];

interface Told {
  items: StoredItem[];
  /** The item of the record, by version. */
  records: Item[];
}

const itemsOf = ({ table }: Engine, flowId: string) =>
  table.query('flows', partition(FLOW, flowId), 'entry#');
const recordItemOf = ({ table }: Engine, flowId: string) => table.read(recordKey(FLOW, flowId));

/** What a table holds of an instance after each of its events. One event may make several versions. */
async function tell(engine: Engine, flowId: string, events: [type: string, n: number][]): Promise<Told> {
  const records: Item[] = [];
  for (const [type, n] of [['Made', 0] as [string, number], ...events]) {
    await engine.tell(flowId, type, { n });
    const record = await recordItemOf(engine, flowId);
    if (record) records[Number(record['version'])] = record;
  }
  return { items: await itemsOf(engine, flowId), records };
}

/** Holds a property for what random machines leave behind of random stories, with their effects performed. */
const always = (holds: (told: Told & { record: Item }, other: Told) => void, numRuns = 25) =>
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

const versionOf = ({ item }: StoredItem) => Number(item['version']);
const faultsOf = (items: StoredItem[], record?: Item) => examineStored(instance, items, record).faults;
const put = (items: StoredItem[], index: number, item: Item): StoredItem[] =>
  items.with(index, { key: items[index]?.key as StoredItem['key'], item });
const changed = (version: number) => ({ fault: 'changed', version });

/** An entry with other content, and the hash of that. */
const resealed = (item: Item, change: Partial<Entry>): Item => {
  const entry = { ...entryOf(item), ...change };
  return { ...item, ...entry, hash: hashOf(entry) } as unknown as Item;
};

describe('a whole journal', () => {
  test(
    'is whole at every version, and folds to its record',
    () =>
      always(({ items, records }) => {
        for (const [version, record] of records.entries()) {
          if (!record) continue;
          const then = items.filter((one) => versionOf(one) <= version);
          expect(examineStored(instance, then, record)).toEqual({ faults: [], record: recordOf(record) });
          const entries = then.map(({ item }) => entryOf(item));
          expect(examine(instance, entries, recordOf(record)).faults).toEqual([]);
          expect(
            foldedTo(
              items.map(({ item }) => entryOf(item)),
              version,
            ),
          ).toEqual(recordOf(record));
        }
      }),
    60_000,
  );

  test(
    'whatever is noted beside its entries, and however a table orders fields',
    () =>
      always(({ items, record }) => {
        const noted = items.map(({ key, item }) => ({
          key,
          item: { ...item, ...Object.fromEntries(BESIDE.map((name) => [name, 'anything'])) },
        }));
        expect(faultsOf(noted, record)).toEqual([]);
        const reordered = items.map(({ key, item }) => ({ key, item: turned(item) as Item }));
        expect(faultsOf(reordered, turned(record) as Item)).toEqual([]);
      }),
    60_000,
  );

  test('also where a table keeps no halves of surrogate pairs', async () => {
    const engine = createEngine({
      rules: [['New', 'Made', go('A', { data: { '\ud800': 'x\udfff' } }, { final: true })]],
    });
    await engine.tell('d', 'Made');
    const [items, record] = [await itemsOf(engine, 'd'), await recordItemOf(engine, 'd')];
    engine.close();
    const wellFormed = (item: unknown) => JSON.parse(JSON.stringify(item).replaceAll(/\\ud\w{3}/g, '\ufffd'));
    expect(wellFormed(items)).not.toEqual(items);
    expect(faultsOf(wellFormed(items), wellFormed(record))).toEqual([]);
  });
});

describe('is found by its version', () => {
  test(
    'every single change of every field of every entry',
    () =>
      always(({ items, record }) => {
        for (const [index, { item }] of items.entries()) {
          const entry = entryOf(item) as unknown as Item;
          for (const other of changesOf(entry)) {
            const beside = Object.fromEntries(
              BESIDE.flatMap((name) => (name in item ? [[name, item[name]]] : [])),
            );
            const faults = faultsOf(put(items, index, { ...(other as Item), ...beside } as Item), record);
            expect(faults).toEqual([changed(index + 1)]);
          }
        }
      }, 12),
    120_000,
  );

  test(
    'every entry that is missing, one or several',
    () =>
      always(({ items, record }) => {
        for (const index of items.keys()) {
          const missing = { fault: 'missing', version: index + 1, last: index + 1 };
          expect(faultsOf(items.toSpliced(index, 1), record)).toEqual([missing]);
          const rest = { fault: 'missing', version: index + 1, last: items.length };
          expect(faultsOf(items.slice(0, index), record)).toEqual([rest]);
          if (index === 0) continue;
          const first = { fault: 'missing', version: 1, last: index };
          expect(faultsOf(items.slice(index), record)).toEqual([first]);
          // Without a record only the entries can tell, but they do.
          expect(faultsOf(items.slice(index))).toEqual([first, { fault: 'lost' }]);
        }
      }),
    60_000,
  );

  test(
    'every pair that has changed places',
    () =>
      always(({ items, record }) => {
        for (const [one, { item: first }] of items.entries()) {
          for (const [other, { item: second }] of items.entries()) {
            if (one >= other) continue;
            const swapped = put(put(items, one, second), other, first);
            expect(faultsOf(swapped, record)).toEqual([changed(one + 1), changed(other + 1)]);
          }
        }
      }),
    60_000,
  );

  test(
    'every entry of another instance in the place of its own',
    () =>
      always(({ items, record }, { items: others }) => {
        expect(others).toHaveLength(items.length);
        for (const [index, { item }] of others.entries()) {
          expect(faultsOf(put(items, index, item), record)).toEqual([changed(index + 1)]);
        }
      }),
    60_000,
  );

  test(
    'every entry that was written anew with a hash of its own, by the one after it or by the record',
    () =>
      always(({ items, record }) => {
        for (const [index, { item }] of items.entries()) {
          const faults = faultsOf(
            put(items, index, resealed(item, { at: '2027-01-01T00:00:00.000Z' })),
            record,
          );
          if (index + 1 < items.length) expect(faults).toEqual([{ fault: 'torn', version: index + 2 }]);
          else expect(faults).toMatchObject([{ fault: 'differs', fields: expect.arrayContaining(['hash']) }]);
        }
      }),
    60_000,
  );
});

describe('a record', () => {
  test(
    'that differs in one field is found by that field',
    () =>
      always(({ items, record }) => {
        for (const [field, value] of Object.entries(record)) {
          for (const other of [...changesOf(value), undefined]) {
            const faults = faultsOf(
              items,
              other === undefined ? without(record, field) : { ...record, [field]: other },
            );
            expect(faults).toEqual([{ fault: 'differs', fields: [field] }]);
          }
        }
        expect(faultsOf(items, { ...record, more: 1 })).toEqual([{ fault: 'differs', fields: ['more'] }]);
      }, 12),
    120_000,
  );

  test(
    'of an earlier version, or of another instance, differs',
    () =>
      always(({ items, records }, { records: others }) => {
        for (const record of records.slice(1, -1)) {
          if (record === undefined) continue;
          expect(faultsOf(items, record)).toMatchObject([
            { fault: 'differs', fields: expect.arrayContaining(['hash', 'trail', 'version']) },
          ]);
        }
        expect(faultsOf(items, others.at(-1))).toMatchObject([
          { fault: 'differs', fields: expect.arrayContaining(['flowId', 'hash']) },
        ]);
      }),
    60_000,
  );

  test(
    'that is lost is what the entries fold to, with its place in the index',
    () =>
      always(({ items, record }) => {
        const { faults, record: made } = examineStored(instance, items, undefined);
        expect(faults).toEqual([{ fault: 'lost' }]);
        expect(JSON.stringify(recordItem(made as InstanceRecord))).toBe(JSON.stringify(record));
      }),
    60_000,
  );

  test('whose entries are gone is no instance without faults', () => {
    expect(faultsOf([], { version: 3 })).toEqual([{ fault: 'missing', version: 1, last: 3 }]);
    expect(faultsOf([], { version: 'no' })).toEqual([{ fault: 'missing', version: 1, last: 1 }]);
    expect(faultsOf([])).toEqual([]);
  });
});

describe('what stays unfound', () => {
  test('who writes everything anew, the record too, leaves a whole chain: with another hash than was published', async () => {
    const engine = createEngine({ rules: rulesOf([{ to: 'A', data: {} }]) });
    const { items, records } = await tell(engine, 'd', [
      ['e', 1],
      ['e', 2],
    ]);
    engine.close();
    const entries: Entry[] = [];
    for (const { item } of items) {
      entries.push(sealed(entries.at(-1), { ...entryOf(item), at: '2020-01-01T00:00:00.000Z' }));
    }
    const made = foldedTo(entries, entries.length) as InstanceRecord;
    expect(examine(instance, entries, made).faults).toEqual([]);
    expect(made.hash).not.toBe(records.at(-1)?.['hash']);
  });
});

describe('what only somebody who meddles leaves', () => {
  const engineOf = () => createEngine({ rules: rulesOf([{ to: 'A', data: {} }]) });

  test('an entry that is sealed, and lacks what folding needs', async () => {
    const engine = engineOf();
    const { items, records } = await tell(engine, 'd', [['e', 1]]);
    engine.close();
    for (const field of ['answer', 'change', 'facts', 'event', 'rests'] as const) {
      const bare = resealed(items[1]?.item as Item, { [field]: undefined });
      const { faults } = examineStored(instance, put(items, 1, bare), records.at(-1));
      expect(faults.length).toBeGreaterThan(0);
    }
  });

  test('items that are no entries', async () => {
    const engine = engineOf();
    const { items, records } = await tell(engine, 'd', []);
    engine.close();
    const at = (sk: string) => ({ key: { table: 'flows', pk: 'door#d', sk }, item: items[0]?.item as Item });
    const strays = ['entry#1', 'entry#', 'entry#0000000000', 'entry#00000000001', 'entry#x'];
    expect(faultsOf([...items, ...strays.map(at)], records.at(-1))).toEqual(
      strays.map((key) => ({ fault: 'stray', key })),
    );
    for (const item of [null, 5, 'x', []] as unknown as Item[]) {
      expect(faultsOf(put(items, 0, item), records.at(-1))).toEqual([changed(1)]);
      expect(faultsOf(items, item)).not.toEqual([]);
    }
  });

  test('a version far away costs no more than one that is near', async () => {
    const engine = engineOf();
    const { items, records } = await tell(engine, 'd', []);
    engine.close();
    const record = { ...records.at(-1), version: Number.MAX_SAFE_INTEGER, hash: 'x' };
    expect(faultsOf(items, record)).toEqual([
      { fault: 'missing', version: 2, last: Number.MAX_SAFE_INTEGER },
    ]);
  });
});

describe('the chain goes on', () => {
  const waiting: Rules = [
    ['New', 'Made', go('Closed', { data: {} }, { deadlineSeconds: 60 })],
    ['Closed', 'Waited', defer],
    ['Closed', 'Dropped', defer],
    ['Closed', 'Opened', go('Open', {}, { deadlineSeconds: 60 })],
    ['Open', 'Waited', go('Broken', {}, { final: true })],
    ['New', 'Again', go('Closed', { data: {} }, { deadlineSeconds: 60 })],
  ];

  test('over deferred events, and over those that are dropped', async () => {
    const engine = createEngine({ rules: waiting });
    const events: [string, number][] = [
      ['Waited', 1],
      ['Dropped', 2],
      ['Opened', 3],
    ];
    const { items, records } = await tell(engine, 'd', events);
    engine.close();
    expect(faultsOf(items, records.at(-1))).toEqual([]);
    const queue = items.map(({ item }) => item['deferred']);
    expect(queue).toMatchObject([
      undefined,
      { added: { event: { type: 'Waited' } } },
      { added: { event: { type: 'Dropped' } } },
      { dropped: [{ type: 'Dropped' }] },
      { taken: expect.any(String) },
    ]);
  });

  test('over a renaming', async () => {
    const engine = createEngine({ rules: waiting });
    await tell(engine, 'd', []);
    const definition = machineOf(['Shut', 'Open', 'Broken*'], [['Shut', 'Opened']]);
    const random = { fraction: () => 0.5 };
    const renamings = [{ from: 'Closed', to: 'Shut' }];
    expect(await rename({ ...engine, random }, { ...engine.flow, definition }, 'd', renamings)).toBe('moved');
    const [items, record] = [await itemsOf(engine, 'd'), await recordItemOf(engine, 'd')];
    engine.close();
    expect(items).toHaveLength(2);
    expect(record).toMatchObject({ state: 'Shut' });
    expect(faultsOf(items, record)).toEqual([]);
  });

  test('over the expiry of a record that was written over, and no earlier', async () => {
    const engine = createEngine({ rules: waiting, retentionSeconds: 60 });
    await tell(engine, 'd', [
      ['Opened', 1],
      ['Waited', 2],
    ]);
    engine.clock.advance(60_000);
    expect(await engine.tell('d', 'Again')).toMatchObject({ status: 'applied', version: 4 });
    const [items, record] = [await itemsOf(engine, 'd'), (await recordItemOf(engine, 'd')) as Item];
    engine.close();
    expect(examineStored(instance, items, record)).toEqual({ faults: [], record: recordOf(record) });
    const early = resealed(items[3]?.item as Item, { at: '2026-11-24T12:00:59.999Z' });
    expect(faultsOf(put(items, 3, early), record)).toEqual([{ fault: 'torn', version: 4 }]);
  });
});
