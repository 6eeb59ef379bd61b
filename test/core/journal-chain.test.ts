/** What the chain of a journal goes over, what meddling leaves of it, and what it cannot find. */
import { describe, expect, test } from '@jest/globals';
import { entryOf, examine, examineStored, foldedTo, sealed } from '../../core/journal.ts';
import { rename } from '../../core/migration.ts';
import { recordOf } from '../../core/persistence.ts';
import type { Entry, InstanceRecord, Item } from '../../core/types.ts';
import { machine } from '../operations/support.ts';
import { createEngine, defer, go, type Rules } from '../support/engine.ts';
import { rulesOf } from './random-machine.ts';
import { changed, faultsOf, instance, itemsOf, put, recordItemOf, resealed, tell } from './told.ts';

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

  test('a first entry that was written anew to follow another one', async () => {
    const engine = engineOf();
    const { items, records } = await tell(engine, 'd', [['e', 1]]);
    engine.close();
    const first = resealed(items[0]?.item as Item, { previous: 'x'.repeat(43) });
    expect(faultsOf(put(items, 0, first), records.at(-1))).toEqual([changed(1)]);
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
    const definition = machine(['Shut', 'Open', 'Broken*'], [['Shut', 'Opened']]);
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
