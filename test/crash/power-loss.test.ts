/** What a power cut may take: notes that look the same as a crash just before them, and nothing that was answered. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { TransactOptions } from '../../core/ports.ts';
import { bearer, openHttp } from '../support/http.ts';
import { temporaryTable } from '../support/tables.ts';

const FULL = 2;
const NORMAL = 1;
const synchronousOf = (db: DatabaseSync) => db.prepare('PRAGMA synchronous').get()?.['synchronous'];

/** What SQLite itself says of every commit in this process, at the moment of that commit. */
let commits: unknown[];
let files: Set<DatabaseSync>;
const open = () => [...files].filter(({ isOpen }) => isOpen);
beforeEach(() => {
  commits = [];
  files = new Set();
  const exec = DatabaseSync.prototype.exec;
  jest.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql: string) {
    if (sql === 'COMMIT') commits.push(synchronousOf(this));
    files.add(this);
    return exec.call(this, sql);
  });
});
afterEach(() => void jest.restoreAllMocks());

test('every answer of a login waits for the disk; the claim of an SMS, the inbox and the note that it went do not', async () => {
  const http = await openHttp();
  const answered = async (task: Promise<unknown>) => {
    commits = [];
    const answer = await task;
    await http.runtime.idle();
    return { answer, waited: commits };
  };
  const begun = await answered(http.begin());
  // The login, the claim, the inbox, the note that it was delivered.
  expect(begun.waited).toEqual([FULL, NORMAL, NORMAL, NORMAL]);
  const loginId = String(begun.answer);
  const [code, wrong] = [await http.code(loginId), await http.wrong(loginId)];
  expect((await answered(http.submit(loginId, wrong))).waited).toEqual([FULL]);
  const right = await answered(http.submit(loginId, code));
  expect(right.waited).toEqual([FULL]);
  const { body } = right.answer as { body: { session: { token: string } } };
  const logout = http.send('DELETE', '/session', { headers: bearer(body.session.token) });
  expect((await answered(logout)).waited).toEqual([FULL]);
  expect((await answered(http.advance(1))).waited).toEqual([FULL]);
  expect(open().map(synchronousOf)).toEqual([FULL]);
  await http.close();
});

test.each<TransactOptions>([{ durability: 'relaxed' }, { durability: 'full' }])(
  'a transaction for which SQLite finds no room leaves the durability as it was (%j)',
  async (options) => {
    const { table, close } = temporaryTable();
    const [db] = open();
    if (!db) throw new Error('no data file was opened');
    const key = { table: 'flows', pk: 'a', sk: 'one' };
    const put = (text: string) => table.transact([{ op: 'put', key, item: { text } }], options);
    db.exec('PRAGMA max_page_count = 10');
    const refused = put('x'.repeat(100_000));
    await expect(refused).rejects.toThrow('the data file cannot be written: database or disk is full');
    expect(db.isTransaction).toBe(false);
    expect(synchronousOf(db)).toBe(FULL);
    expect(await table.read(key)).toBeUndefined();
    expect(await put('short')).toBe('committed');
    expect(commits).toEqual([options.durability === 'full' ? FULL : NORMAL]);
    expect(synchronousOf(db)).toBe(FULL);
    close();
  },
);
