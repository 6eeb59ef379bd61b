/** What the table keeps in memory never tells anything but what is in the file. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { Item, Key, Write } from '../../core/types.ts';
import { temporaryFolder } from '../support/tables.ts';

let folder: ReturnType<typeof temporaryFolder>;
let db: DatabaseSync;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDataFile(join(folder.path, 'detent.db'));
});
afterEach(() => {
  db.close();
  folder.remove();
});

const at = (sk: string): Key => ({ table: 'flows', pk: 'a', sk });
const put = (sk: string, item: Item): Write => ({ op: 'put', key: at(sk), item });
const KEYS = ['one', 'two', 'three'];

/** Read through the table, and straight from the file. */
async function bothWays(table: SqliteTable): Promise<[unknown[], unknown[]]> {
  const cached = await Promise.all(KEYS.map(async (sk) => (await table.read(at(sk))) ?? null));
  const stored = KEYS.map((sk) => {
    const row = db.prepare('SELECT body FROM items WHERE sk = ?').get(sk);
    return row ? JSON.parse(String(row['body'])) : null;
  });
  return [cached, stored];
}

describe.each([0, 1, 2, 10_000])('with room for %i items', (room) => {
  let table: SqliteTable;
  beforeEach(() => {
    table = new SqliteTable(db, room);
  });
  const expectTrue = async () => {
    const [cached, stored] = await bothWays(table);
    expect(cached).toEqual(stored);
  };

  test('after puts, deltas and deletes, read before and after', async () => {
    const steps: Write[][] = [
      [put('one', { n: 1 }), put('two', { n: 1 })],
      [
        { op: 'add', key: at('one'), deltas: { n: 2 } },
        { op: 'delete', key: at('two') },
      ],
      [put('two', { n: 5 }), { op: 'add', key: at('three'), deltas: { n: 1 }, set: { at: 'x' } }],
      [
        { op: 'delete', key: at('one') },
        { op: 'check', key: at('two'), if: { equals: { n: 5 } } },
      ],
    ];
    await expectTrue();
    for (const writes of steps) {
      expect(await table.transact(writes)).toBe('committed');
      await expectTrue();
    }
  });

  test('and the times that the indexes hold are those of the item, whether they change or stay', async () => {
    const times = [
      { dueAt: '2026-12-01' },
      { dueAt: '2026-12-01' },
      { dueAt: '2026-12-02', expiresAt: '2027-01-01' },
      { dueAt: '2026-12-02', expiresAt: '2027-01-02' },
      { expiresAt: '2027-01-02' },
      {},
      {},
    ];
    for (const [n, item] of times.entries()) {
      await table.transact([put('one', { n, ...item })]);
      await expectTrue();
      const row = db.prepare('SELECT due_at, expires_at FROM items WHERE sk = ?').get('one');
      expect({ ...row }).toEqual({ due_at: item.dueAt ?? null, expires_at: item.expiresAt ?? null });
    }
  });

  test('after a conflict', async () => {
    await table.transact([put('one', { n: 1 })]);
    const conflict: Write = { ...put('two', { n: 2 }), if: { equals: { n: 9 } } };
    expect(await table.transact([put('one', { n: 2 }), conflict])).toBe('conflict');
    await expectTrue();
  });

  test('after a transaction that failed half way, alone and in a group', async () => {
    const circular: Item = {};
    circular['itself'] = circular;
    await table.transact([put('one', { n: 1 })]);
    const broken = () => table.transact([put('one', { n: 2 }), put('two', circular)]);
    await expect(broken()).rejects.toMatchObject({ code: 'table-unavailable' });
    await expectTrue();
    await Promise.allSettled([broken(), table.transact([put('three', { n: 3 })]), broken()]);
    await expectTrue();
    expect(await table.read(at('one'))).toEqual({ n: 1 });
    expect(await table.read(at('three'))).toEqual({ n: 3 });
  });

  test('after a commit that failed', async () => {
    await table.transact([put('one', { n: 1 })]);
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql === 'COMMIT') throw new Error('disk full');
      exec(sql);
    };
    await Promise.allSettled([
      table.transact([put('one', { n: 2 }), put('two', { n: 2 })]),
      table.transact([{ op: 'delete', key: at('one') }]),
    ]);
    db.exec = exec;
    await expectTrue();
    expect(await table.read(at('one'))).toEqual({ n: 1 });
  });

  test('after a purge', async () => {
    await table.transact([put('one', { expiresAt: '2026-11-24' }), put('two', { expiresAt: '2027-01-01' })]);
    await expectTrue();
    expect(table.purge('2026-12-01', 10)).toBe(1);
    await expectTrue();
    expect(await table.read(at('one'))).toBeUndefined();
  });
});
