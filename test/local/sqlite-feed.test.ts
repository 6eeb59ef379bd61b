/** The change feed of the SQLite table, and the removal of what has expired. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { StoredItem } from '../../core/ports.ts';
import type { Item, Key, Write } from '../../core/types.ts';
import { temporaryTable } from '../support/tables.ts';

let table: SqliteTable;
let close: () => void;
beforeEach(() => {
  ({ table, close } = temporaryTable());
});
afterEach(() => close());

const at = (sk: string): Key => ({ table: 'flows', pk: 'a', sk });
const put = (sk: string, item: Item = { sk }): Write => ({ op: 'put', key: at(sk), item });
const write = (...writes: Write[]) => table.transact(writes);

describe('the change feed', () => {
  let seen: StoredItem[];
  let unsubscribe: () => void;
  beforeEach(() => {
    seen = [];
    unsubscribe = table.subscribe((changes) => void seen.push(...changes));
  });
  const keys = () => seen.map(({ key }) => key.sk);

  test('tells puts with key and item, in the order of their commit', async () => {
    await write(put('one'), put('two'));
    await Promise.all([write(put('three')), write(put('four'))]);
    expect(seen[0]).toEqual({ key: at('one'), item: { sk: 'one' } });
    expect(keys()).toEqual(['one', 'two', 'three', 'four']);
  });

  test('tells a listener once what one commit has changed', async () => {
    const commits: string[][] = [];
    table.subscribe((changes) => void commits.push(changes.map(({ key }) => key.sk)));
    await Promise.all([write(put('one')), write(put('two'))]);
    await write(put('three'));
    expect(commits).toEqual([['one', 'two'], ['three']]);
  });

  test('tells no deletes, deltas or checks', async () => {
    await write(put('one'));
    seen.length = 0;
    await write(
      { op: 'add', key: at('count'), deltas: { n: 1 } },
      { op: 'check', key: at('one'), if: { equals: { sk: 'one' } } },
    );
    await write({ op: 'delete', key: at('one') });
    expect(seen).toEqual([]);
  });

  test('tells nothing of a conflict or a failure, and all of those beside it', async () => {
    await write(put('taken'));
    seen.length = 0;
    const circular: Item = {};
    circular['itself'] = circular;
    await Promise.allSettled([
      write(put('one')),
      write(put('lost'), { ...put('taken'), if: { absent: true } } as Write),
      write(put('undone'), put('broken', circular)),
      write(put('two')),
    ]);
    expect(keys()).toEqual(['one', 'two']);
  });

  test('tells each version of an item', async () => {
    await Promise.all([write(put('one', { n: 1 })), write(put('one', { n: 2 }))]);
    expect(seen.map(({ item }) => item['n'])).toEqual([1, 2]);
  });

  test('ends with its subscription', async () => {
    await write(put('one'));
    unsubscribe();
    await write(put('two'));
    expect(keys()).toEqual(['one']);
  });

  test('may be answered with another write', async () => {
    const second = Promise.withResolvers<string>();
    const stop = table.subscribe(() => {
      stop();
      table.transact([put('follows')]).then(second.resolve, second.reject);
    });
    await write(put('one'));
    expect(await second.promise).toBe('committed');
    expect(keys()).toEqual(['one', 'follows']);
  });
});

describe('purge', () => {
  const hour = (n: number) => new Date(Date.UTC(2026, 10, 24, n)).toISOString();
  const left = async () => (await table.query('flows', 'a', '')).map(({ key }) => key.sk);

  test('deletes what has expired by then, and leaves what has not or never will', async () => {
    await write(
      put('past', { expiresAt: hour(1) }),
      put('just', { expiresAt: hour(2) }),
      put('future', { expiresAt: hour(3) }),
      put('lasting', {}),
    );
    expect(table.purge(hour(2), 100)).toBe(2);
    expect(await left()).toEqual(['future', 'lasting']);
    expect(table.purge(hour(2), 100)).toBe(0);
  });

  test('takes the oldest first, and no more than asked', async () => {
    await write(...[4, 2, 1, 3].map((n) => put(`item-${n}`, { expiresAt: hour(n) })));
    expect(table.purge(hour(9), 3)).toBe(3);
    expect(await left()).toEqual(['item-4']);
  });

  test('follows a change of the expiry, whichever way it was written', async () => {
    const later = { expiresAt: hour(9) };
    await write(...['put', 'kept', 'added', 'cleared'].map((sk) => put(sk, { n: 1, expiresAt: hour(1) })));
    await write(
      put('put', later),
      { op: 'add', key: at('kept'), deltas: { n: 1 } },
      { op: 'add', key: at('added'), deltas: { n: 1 }, set: later },
      put('cleared', {}),
    );
    expect(table.purge(hour(5), 100)).toBe(1);
    expect(await left()).toEqual(['added', 'cleared', 'put']);
  });

  test('takes an item out of the index of what waits for time, too', async () => {
    await write(put('one', { dueAt: hour(1), expiresAt: hour(1) }));
    table.purge(hour(2), 100);
    expect((await table.due('flows', hour(9), { limit: 10 })).keys).toEqual([]);
  });

  test('does not get in the way of a transaction that waits', async () => {
    await write(put('old', { expiresAt: hour(1) }));
    const waiting = write(put('new'));
    expect(table.purge(hour(2), 100)).toBe(1);
    expect(await waiting).toBe('committed');
    expect(await left()).toEqual(['new']);
  });
});
