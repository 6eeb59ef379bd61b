/** What the chain of a journal finds: over random machines and random events, every single change of it. */
import { describe, expect, test } from '@jest/globals';
import { entryOf, examine, examineStored, foldedTo } from '../../core/journal.ts';
import { recordItem, recordOf } from '../../core/persistence.ts';
import type { InstanceRecord, Item } from '../../core/types.ts';
import { createEngine, go } from '../support/engine.ts';
import { changesOf, turned, without } from './changes.ts';
import {
  always,
  changed,
  faultsOf,
  instance,
  itemsOf,
  put,
  recordItemOf,
  resealed,
  versionOf,
} from './told.ts';

/** All that is noted beside an entry. */
const BESIDE = ['revision', 'delivery', 'dueAt', 'publishes'];

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

  test('but nothing may be left to deliver at no time, and no entry may expire', () =>
    always(({ items, record }) => {
      for (const [index, { item }] of items.entries()) {
        const version = index + 1;
        const { dueAt: _, ...bare } = item;
        const open = { ...bare, effects: item['effects'] ?? [], delivery: {} };
        const owes = (item['effects'] as unknown[]).length > 0;
        expect(faultsOf(put(items, index, open), record)).toEqual(
          owes ? [{ fault: 'unwatched', version }] : [],
        );
        expect(faultsOf(put(items, index, { ...open, dueAt: String(item['at']) }), record)).toEqual([]);
        const expiring = { ...item, expiresAt: '2030-01-01T00:00:00.000Z' };
        expect(faultsOf(put(items, index, expiring), record)).toContainEqual(changed(version));
      }
    }));

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
