/** Transactions of one turn share one SQLite commit, and yet each is all or nothing on its own. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { TransactOptions, TransactOutcome } from '../../core/ports.ts';
import type { Condition, Item, Json, Key, Write } from '../../core/types.ts';
import { temporaryFolder } from '../support/tables.ts';

let folder: ReturnType<typeof temporaryFolder>;
let db: DatabaseSync;
let table: SqliteTable;
/** What SQLite was told, answers and the feed, in their order. */
let log: string[];
/** SQL that is to fail, as a full disk would make it. */
let failing: string | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  db = openDataFile(join(folder.path, 'detent.db'));
  table = new SqliteTable(db);
  log = [];
  failing = undefined;
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    log.push(sql);
    if (sql === failing)
      throw Object.assign(new Error('disk full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    exec(sql);
  };
});
afterEach(() => {
  db.close();
  folder.remove();
});

const at = (sk: string): Key => ({ table: 'flows', pk: 'a', sk });
const put = (sk: string, item: Item = { sk }, condition?: Condition): Write => ({
  op: 'put',
  key: at(sk),
  item,
  ...(condition && { if: condition }),
});
const absent: Condition = { absent: true };
const read = (sk: string) => table.read(at(sk));
const commits = () => log.filter((sql) => sql === 'COMMIT').length;
const synchronous = () => db.prepare('PRAGMA synchronous').get()?.['synchronous'];

/** Runs these transactions in one turn. */
const together = (...transactions: Write[][]) =>
  Promise.all(
    transactions.map((writes) =>
      table.transact(writes).then(
        (outcome): TransactOutcome | string => outcome,
        (error: { code: string }) => error.code,
      ),
    ),
  );

/** A value that cannot be stored, for whatever reason. */
function unstorable(): Item {
  const item: { [attribute: string]: Json } = {};
  item['itself'] = item;
  return item;
}

describe('one commit', () => {
  test('serves all transactions of one turn', async () => {
    const outcomes = await together(...Array.from({ length: 100 }, (_, n) => [put(`item-${n}`)]));
    expect(new Set(outcomes)).toEqual(new Set(['committed']));
    expect(commits()).toBe(1);
  });

  test('also those that begin a few promises later in that turn', async () => {
    const late = Promise.resolve()
      .then(() => undefined)
      .then(() => table.transact([put('late')]));
    await Promise.all([table.transact([put('early')]), late]);
    expect(commits()).toBe(1);
  });

  test('is made for each that comes after an answer', async () => {
    for (const sk of ['one', 'two', 'three']) await table.transact([put(sk)]);
    expect(commits()).toBe(3);
  });

  test('is what everyone waits for: no answer and no change before it, nothing to be read', async () => {
    table.subscribe((changes) => log.push(`feed ${changes.map(({ key }) => key.sk)}`));
    const answered = ['one', 'two'].map((sk) =>
      table.transact([put(sk)]).then((outcome) => log.push(`${sk} ${outcome}`)),
    );
    await Promise.resolve();
    expect(await read('one')).toBeUndefined();
    await Promise.all(answered);
    const from = log.indexOf('COMMIT');
    expect(log.slice(from)).toEqual(['COMMIT', 'feed one,two', 'one committed', 'two committed']);
    expect(log.slice(0, from).filter((line) => !line.includes('BEGIN'))).toEqual([]);
  });
});

describe('inside a group', () => {
  test('a conflict leaves the others alone, and none of its writes happens', async () => {
    await table.transact([put('taken')]);
    const outcomes = await together(
      [put('before')],
      [put('half'), put('taken', { changed: true }, absent)],
      [put('after')],
    );
    expect(outcomes).toEqual(['committed', 'conflict', 'committed']);
    expect(await read('half')).toBeUndefined();
    expect(await read('taken')).toEqual({ sk: 'taken' });
    expect([await read('before'), await read('after')]).toEqual([{ sk: 'before' }, { sk: 'after' }]);
  });

  test('a failure of its own leaves the others alone, and its first writes are undone', async () => {
    const outcomes = await together(
      [put('before')],
      [put('half'), put('broken', unstorable())],
      [put('half', { mine: true }, absent)],
    );
    expect(outcomes).toEqual(['committed', 'table-unavailable', 'committed']);
    expect(await read('half')).toEqual({ mine: true });
    // The one for all, which was not reached; then one each.
    expect(commits()).toBe(2);
  });

  test('a transaction that no table takes is refused before, for itself', async () => {
    const outcomes = await together([put('one')], [put('two'), put('two')], [], [put('three')]);
    expect(outcomes).toEqual(['committed', 'invalid-transaction', 'invalid-transaction', 'committed']);
  });

  test('each sees what those before it wrote: one of many wins', async () => {
    const outcomes = await together(...Array.from({ length: 20 }, (_, n) => [put('one', { n }, absent)]));
    expect(outcomes).toEqual(['committed', ...Array(19).fill('conflict')]);
    expect(await read('one')).toEqual({ n: 0 });
  });

  test('deltas add up, and stop at their limit', async () => {
    await table.transact([put('quota', { left: 3 })]);
    const take: Write = { op: 'add', key: at('quota'), deltas: { left: -1 }, if: { atLeast: { left: 1 } } };
    const outcomes = await together(...Array.from({ length: 5 }, () => [take]));
    expect(outcomes).toEqual([...Array(3).fill('committed'), 'conflict', 'conflict']);
    expect(await read('quota')).toEqual({ left: 0 });
  });
});

describe('a commit that fails', () => {
  const expectNothing = async () => {
    for (const sk of ['one', 'two', 'three']) expect(await read(sk)).toBeUndefined();
    expect(db.isTransaction).toBe(false);
    expect(synchronous()).toBe(2);
  };

  test.each(['COMMIT', 'BEGIN IMMEDIATE'])(
    'at %s rejects all of the group, and nothing is written',
    async (sql) => {
      const feed: unknown[] = [];
      table.subscribe((changes) => feed.push(changes));
      failing = sql;
      const outcomes = await together([put('one')], [put('two')], [put('three')]);
      expect(outcomes).toEqual(Array(3).fill('table-unavailable'));
      await expectNothing();
      expect(feed).toEqual([]);
      failing = undefined;
      expect(await together([put('one')], [put('two')])).toEqual(['committed', 'committed']);
    },
  );

  test('of one alone does the same', async () => {
    failing = 'COMMIT';
    await expect(table.transact([put('one')])).rejects.toMatchObject({ advice: 'retry' });
    await expectNothing();
  });

  test('rejects a conflict as well: what it saw may not be true', async () => {
    failing = 'COMMIT';
    const outcomes = await together([put('one')], [put('one', {}, absent)]);
    expect(outcomes).toEqual(Array(2).fill('table-unavailable'));
  });

  test('of notes that need not survive a power cut leaves the durability as it was', async () => {
    failing = 'COMMIT';
    await expect(table.transact([put('one')], { durability: 'relaxed' })).rejects.toBeDefined();
    await expectNothing();
  });

  test('on a disk that is really full: whoever is told so has written nothing', async () => {
    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
    db.exec(`PRAGMA max_page_count = ${pages + 4}`);
    const big = (sk: string) => put(sk, { text: 'x'.repeat(40_000) });
    const outcomes = await together([put('one')], [put('half'), big('two')], [put('three')]);
    expect(outcomes[1]).toBe('table-unavailable');
    const group = [[put('half'), big('two')], [big('three')]].map((writes) => table.transact(writes));
    for (const refused of group)
      await expect(refused).rejects.toThrow('the data file cannot be written: database or disk is full');
    expect(await read('two')).toBeUndefined();
    expect(await read('half')).toBeUndefined();
    for (const [index, sk] of ['one', 'two', 'three'].entries())
      expect((await read(sk)) !== undefined).toBe(outcomes[index] === 'committed');
    await expect(table.transact([big('alone')])).rejects.toMatchObject({ code: 'table-unavailable' });
    db.exec('PRAGMA max_page_count = 100000');
    expect(await together([big('two')], [put('three')])).toEqual(['committed', 'committed']);
  });
});

describe('durability', () => {
  const write = (sk: string, options?: TransactOptions) => table.transact([put(sk)], options);
  const relaxed: TransactOptions = { durability: 'relaxed' };
  const waited = () => !log.includes('PRAGMA synchronous = NORMAL');

  test('is full, so that an answer survives a power cut', async () => {
    await write('one');
    expect(waited()).toBe(true);
  });

  test('is relaxed where all of a group ask for no more, and full again afterwards', async () => {
    await Promise.all([write('one', relaxed), write('two', relaxed)]);
    expect(waited()).toBe(false);
    expect(synchronous()).toBe(2);
  });

  describe('that must come soon', () => {
    const soon: TransactOptions = { durability: 'soon' };
    /** A commit that changes nothing, for the sake of its fsync. */
    const touches = () => log.filter((sql) => /user_version = \d+; COMMIT$/.test(sql)).length;
    const time = () => new Promise((resolve) => setTimeout(resolve, 60));

    test('comes by itself within milliseconds, once for many', async () => {
      for (const sk of ['one', 'two', 'three']) await write(sk, soon);
      expect(waited()).toBe(false);
      expect(touches()).toBeLessThan(3);
      await time();
      expect(touches()).toBeGreaterThan(0);
      const done = touches();
      await time();
      expect(touches()).toBe(done);
      expect(synchronous()).toBe(2);
    });

    test('comes with the next full commit', async () => {
      // One turn each: no timer has its turn between them.
      await Promise.all([write('one', soon)]);
      await write('two');
      await time();
      expect(touches()).toBeLessThan(2);
      log = [];
      await Promise.all([write('three', soon), write('four')]);
      await time();
      expect(touches()).toBe(0);
    });

    test('is not put off by a commit that writes nothing', async () => {
      await write('taken');
      log = [];
      const outcomes = [
        await write('one', soon),
        await table.transact([put('taken', {}, absent)]),
        await table.transact([{ op: 'check', key: at('taken'), if: { equals: { sk: 'taken' } } }]),
      ];
      expect(outcomes).toEqual(['committed', 'conflict', 'committed']);
      await time();
      expect(touches()).toBeGreaterThan(0);
    });

    test('is tried again where the disk has no room for it', async () => {
      await write('one', soon);
      const touch = 'BEGIN IMMEDIATE; PRAGMA user_version = 2; COMMIT';
      failing = touch;
      await time();
      expect(touches()).toBeGreaterThan(1);
      failing = undefined;
      await time();
      const done = touches();
      await time();
      expect(touches()).toBe(done);
      expect(await read('one')).toEqual({ sk: 'one' });
    });

    test('is nobody’s any more after the end', async () => {
      await write('one', soon);
      db.close();
      log = [];
      await time();
      expect(log).toEqual([]);
      db = openDataFile(join(folder.path, 'detent.db'));
    });
  });

  test('is full where one of a group needs it', async () => {
    await Promise.all([write('one', relaxed), write('two'), write('three', relaxed)]);
    expect(waited()).toBe(true);
  });
});
