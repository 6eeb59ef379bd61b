/** What every table must do, whatever it is made of. One suite; every adapter is run through it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Table } from '../../core/ports.ts';
import type { Item, Key, Write } from '../../core/types.ts';

export interface TableUnderTest {
  table: Table;
  close(): void | Promise<void>;
}

let partitions = 0;
/** A partition of its own for each test, so that tests do not see each other's items. */
const fresh = (): string => `contract#${process.pid}-${Date.now()}-${++partitions}`;
const at = (pk: string, sk = 'one', table = 'flows'): Key => ({ table, pk, sk });
const put = (key: Key, item: Item, when?: Extract<Write, { op: 'put' }>['if']): Write => ({
  op: 'put',
  key,
  item,
  ...(when && { if: when }),
});

export function tableContract(name: string, open: () => Promise<TableUnderTest>): void {
  describe(`${name} as a table`, () => {
    let under: TableUnderTest;
    let table: Table;
    beforeAll(async () => {
      under = await open();
      table = under.table;
    });
    afterAll(() => under.close());

    test('an item comes back as it was written', async () => {
      const key = at(fresh());
      const item = {
        text: 'ü • 日本',
        empty: '',
        whole: 3,
        fraction: 1.5,
        big: 1_795_560_842_209,
        yes: true,
        nothing: null,
        list: [1, 'two', [], {}],
        map: { nested: { deep: [false] }, none: {} },
      };
      expect(await table.transact([put(key, item)])).toBe('committed');
      expect(await table.read(key)).toEqual(item);
    });

    test('what does not exist reads as undefined', async () => {
      expect(await table.read(at(fresh()))).toBeUndefined();
    });

    test('an eventual read gives the item as it was committed at some time, or its absence', async () => {
      const key = at(fresh());
      const look = () => table.read(key, { consistency: 'eventual' });
      expect(await look()).toBeUndefined();
      for (const n of [1, 2, 3]) {
        expect(await table.transact([put(key, { n, twice: 2 * n })])).toBe('committed');
        const seen = [undefined, ...Array.from({ length: n }, (_, m) => ({ n: m + 1, twice: 2 * (m + 1) }))];
        expect(seen).toContainEqual(await look());
        expect(await table.read(key, { consistency: 'strong' })).toEqual({ n, twice: 2 * n });
      }
    });

    test('attributes of the index and of the expiry come back like any other', async () => {
      const key = at(fresh());
      const item = { dueAt: '2030-01-01T00:00:00.000Z', expiresAt: '2031-01-01T00:00:00.000Z', n: 1 };
      await table.transact([put(key, item)]);
      expect(await table.read(key)).toEqual(item);
    });

    test('a put replaces the whole item', async () => {
      const key = at(fresh());
      await table.transact([put(key, { a: 1, b: 2 })]);
      await table.transact([put(key, { b: 3 })]);
      expect(await table.read(key)).toEqual({ b: 3 });
    });

    test('tables are apart', async () => {
      const pk = fresh();
      await table.transact([put(at(pk), { n: 1 }), put(at(pk, 'one', 'users'), { n: 2 })]);
      expect(await table.read(at(pk))).toEqual({ n: 1 });
      expect(await table.read(at(pk, 'one', 'users'))).toEqual({ n: 2 });
    });

    describe('conditions', () => {
      const holding: [string, Item | undefined, Extract<Write, { op: 'check' }>['if'], boolean][] = [
        ['absent, and it is', undefined, { absent: true }, true],
        ['absent, but it is there', { n: 1 }, { absent: true }, false],
        ['equal number', { n: 1 }, { equals: { n: 1 } }, true],
        ['another number', { n: 1 }, { equals: { n: 2 } }, false],
        ['equal text', { t: 'a' }, { equals: { t: 'a' } }, true],
        ['number for text', { t: '1' }, { equals: { t: 1 } }, false],
        ['equal truth', { b: false }, { equals: { b: false } }, true],
        ['equal, but there is no item', undefined, { equals: { n: 1 } }, false],
        ['equal, but there is no attribute', { n: 1 }, { equals: { m: 1 } }, false],
        ['all of several', { n: 1, m: 2 }, { equals: { n: 1, m: 2 } }, true],
        ['one of several fails', { n: 1, m: 2 }, { equals: { n: 1, m: 3 } }, false],
        ['at least, more', { n: 3 }, { atLeast: { n: 2 } }, true],
        ['at least, just', { n: 2 }, { atLeast: { n: 2 } }, true],
        ['at least, less', { n: 1 }, { atLeast: { n: 2 } }, false],
        ['at least, negative', { n: -1 }, { atLeast: { n: -1 } }, true],
        ['at least, but there is no item', undefined, { atLeast: { n: 0 } }, false],
        ['at least, but there is no attribute', { m: 1 }, { atLeast: { n: 0 } }, false],
        ['both kinds', { n: 1, m: 5 }, { equals: { n: 1 }, atLeast: { m: 5 } }, true],
        ['both kinds, one fails', { n: 1, m: 4 }, { equals: { n: 1 }, atLeast: { m: 5 } }, false],
      ];
      test.each(holding)('%s', async (_name, item, condition, holds) => {
        const key = at(fresh());
        if (item) await table.transact([put(key, item)]);
        const expected = holds ? 'committed' : 'conflict';
        expect(await table.transact([{ op: 'check', key, if: condition }])).toBe(expected);
        expect(await table.read(key)).toEqual(item);
        const writes: Write[] = [{ op: 'check', key, if: condition }, put(at(fresh()), { n: 1 })];
        expect(await table.transact(writes)).toBe(expected);
        expect(await table.transact([put(key, { written: true }, condition)])).toBe(expected);
        expect(await table.read(key)).toEqual(holds ? { written: true } : item);
      });

      test('guard a deletion', async () => {
        const key = at(fresh());
        await table.transact([put(key, { n: 1 })]);
        expect(await table.transact([{ op: 'delete', key, if: { equals: { n: 2 } } }])).toBe('conflict');
        expect(await table.read(key)).toEqual({ n: 1 });
        expect(await table.transact([{ op: 'delete', key, if: { equals: { n: 1 } } }])).toBe('committed');
        expect(await table.read(key)).toBeUndefined();
      });
    });

    describe('add', () => {
      test('adds to what is there, and sets beside it', async () => {
        const key = at(fresh());
        await table.transact([put(key, { n: 5, kept: 'x' })]);
        await table.transact([{ op: 'add', key, deltas: { n: -2, m: 1 }, set: { at: 'now' } }]);
        expect(await table.read(key)).toEqual({ n: 3, m: 1, kept: 'x', at: 'now' });
      });

      test('makes the item where there is none', async () => {
        const key = at(fresh());
        await table.transact([{ op: 'add', key, deltas: { n: 2 } }]);
        expect(await table.read(key)).toEqual({ n: 2 });
      });

      test('on condition of enough: of ten in parallel for four, no more than four succeed', async () => {
        const key = at(fresh());
        await table.transact([put(key, { left: 4 })]);
        const take: Write[] = [{ op: 'add', key, deltas: { left: -1 }, if: { atLeast: { left: 1 } } }];
        const outcomes = await Promise.all(Array.from({ length: 10 }, () => table.transact(take)));
        const committed = outcomes.filter((outcome) => outcome === 'committed').length;
        expect(await table.read(key)).toEqual({ left: 4 - committed });
        // A table may answer clash; whoever asks again gets what is left, and then no more.
        for (let left = 4 - committed; left > 0; left--) expect(await table.transact(take)).toBe('committed');
        expect(await table.transact(take)).toBe('conflict');
      });
    });

    describe('transactions', () => {
      test('all or nothing', async () => {
        const pk = fresh();
        await table.transact([put(at(pk, 'guard'), { n: 1 })]);
        const outcome = await table.transact([
          put(at(pk, 'first'), { n: 1 }),
          { op: 'add', key: at(pk, 'second'), deltas: { n: 1 } },
          { op: 'delete', key: at(pk, 'guard'), if: { equals: { n: 2 } } },
        ]);
        expect(outcome).toBe('conflict');
        expect(await table.query('flows', pk, '')).toEqual([{ key: at(pk, 'guard'), item: { n: 1 } }]);
      });

      test('of two that want the same, one wins', async () => {
        const key = at(fresh());
        const other = at(fresh());
        const want = (n: number) =>
          table.transact([put(key, { n }, { absent: true }), put(at(fresh()), { n })]);
        const outcomes = await Promise.all([want(1), want(2), want(3), want(4)]);
        expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
        expect(await table.read(other)).toBeUndefined();
      });

      test.each([
        ['no writes', (_key: Key): Write[] => []],
        ['one item twice', (key: Key): Write[] => [put(key, { n: 1 }), { op: 'delete', key }]],
        [
          'too many',
          (key: Key): Write[] => Array.from({ length: 101 }, (_, n) => put({ ...key, sk: `${n}` }, { n })),
        ],
      ])('refuses %s', async (_name, writes) => {
        const key = at(fresh());
        await expect(table.transact(writes(key))).rejects.toMatchObject({ code: 'invalid-transaction' });
        expect(await table.query('flows', key.pk, '')).toEqual([]);
      });

      test('a hundred writes go together', async () => {
        const pk = fresh();
        const writes = Array.from({ length: 100 }, (_, n) => put(at(pk, String(n).padStart(3, '0')), { n }));
        expect(await table.transact(writes, { durability: 'relaxed' })).toBe('committed');
        expect(await table.query('flows', pk, '')).toHaveLength(100);
      });
    });

    describe('query', () => {
      test('one partition, by prefix, in order of the sort key', async () => {
        const pk = fresh();
        await table.transact([
          put(at(pk, 'entry#0000000010'), { n: 10 }),
          put(at(pk, 'entry#0000000002'), { n: 2 }),
          put(at(pk, 'record'), { n: 0 }),
          put(at(`${pk}0`, 'entry#0000000001'), { n: 1 }),
        ]);
        const found = await table.query('flows', pk, 'entry#');
        expect(found.map(({ key, item }) => [key.sk, item['n']])).toEqual([
          ['entry#0000000002', 2],
          ['entry#0000000010', 10],
        ]);
        expect(await table.query('flows', pk, 'nothing')).toEqual([]);
      });
    });

    describe('due', () => {
      /** Keys of this test among those that are due: the index is shared. */
      async function due(pk: string, before: string, limit = 1000): Promise<string[]> {
        const found: string[] = [];
        for (let after: string | undefined, turns = 0; turns < 10_000; turns++) {
          const page = await table.due('flows', before, { limit, ...(after !== undefined && { after }) });
          found.push(...page.keys.filter((key) => key.pk.startsWith(pk)).map(({ sk }) => sk));
          after = page.next;
          if (after === undefined) break;
        }
        return found.sort();
      }
      const dueAt = (second: number): Item => ({
        dueAt: `2001-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
      });

      test('finds what is due by then, and nothing else', async () => {
        const pk = fresh();
        await table.transact([
          put(at(pk, 'a'), dueAt(1)),
          put(at(pk, 'b'), dueAt(2)),
          put(at(pk, 'c'), dueAt(3)),
          put(at(pk, 'never'), { n: 1 }),
        ]);
        expect(await due(pk, '2001-01-01T00:00:02.000Z')).toEqual(['a', 'b']);
        await table.transact([put(at(pk, 'a'), { n: 1 }), put(at(pk, 'b'), dueAt(9))]);
        expect(await due(pk, '2001-01-01T00:00:03.000Z')).toEqual(['c']);
        await table.transact([{ op: 'delete', key: at(pk, 'c') }]);
        expect(await due(pk, '2001-01-01T00:00:03.000Z')).toEqual([]);
        await table.transact([put(at(pk, 'b'), { n: 1 })]);
      });

      test('page by page, each once, equal instants included', async () => {
        const pk = fresh();
        const partitions = Array.from({ length: 23 }, (_, n) => `${pk}-${String(n).padStart(2, '0')}`);
        for (const one of partitions) await table.transact([put(at(one, `sk-${one}`), dueAt(30))]);
        const before = '2001-01-01T00:00:30.000Z';
        expect(await due(pk, before, 5)).toEqual(partitions.map((one) => `sk-${one}`));
        for (const one of partitions) await table.transact([{ op: 'delete', key: at(one, `sk-${one}`) }]);
      });
    });
  });
}
