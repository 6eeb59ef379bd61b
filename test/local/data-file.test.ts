/** Opening the data file: what is refused, in which words, and that it is left as it is. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { refuse } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const PAGE = 4_096;
let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'detent.db');
});
afterEach(() => folder.remove());

const put = (table: SqliteTable, n: number) =>
  table.transact([
    {
      op: 'put',
      key: { table: 'flows', pk: `mfa-login#${n}`, sk: 'record' },
      item: { n, text: 'x'.repeat(700), dueAt: new Date(n * 1000).toISOString() },
    },
  ]);

async function fill(db: DatabaseSync, from: number, to: number): Promise<void> {
  const table = new SqliteTable(db);
  await Promise.all(Array.from({ length: to - from }, (_, n) => put(table, from + n)));
}

/** A data file of some forty pages, closed. */
async function filled(): Promise<Buffer> {
  const db = openDataFile(path);
  await fill(db, 0, 150);
  db.close();
  return readFileSync(path);
}

const count = (db: DatabaseSync) => db.prepare('SELECT count(*) AS n FROM items').get()?.['n'];

/** Writes these bytes as the data file, and sees them refused and left alone. */
function expectRefused(bytes: Buffer | string, words: RegExp): void {
  writeFileSync(path, bytes);
  expect(() => openDataFile(path)).toThrow(words);
  expect(() => openDataFile(path)).toThrow(expect.objectContaining({ name: 'DataFileError' }));
  expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
}

/** A copy with these bytes turned over. */
function flipped(bytes: Buffer, from: number, length: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = from; at < from + length; at++) copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

test('a new file is made whole: WAL, synchronous FULL, marked as ours', () => {
  const db = openDataFile(path);
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('synchronous')).toBe(2);
  expect(pragma('locking_mode')).toBe('exclusive');
  expect(pragma('application_id')).toBe(0x4465746e);
  expect(pragma('integrity_check')).toBe('ok');
  db.close();
});

describe('refused, and untouched', () => {
  test.each<[string, Buffer | string]>([
    ['an empty file', ''],
    ['garbage', 'this is not a database\n'.repeat(1_000)],
    ['zeros', Buffer.alloc(3 * PAGE)],
    ['a short file', 'SQLite format'],
    ['random bytes', Buffer.from(Array.from({ length: 2 * PAGE }, (_, at) => (at * 7_919) % 251))],
  ])('%s', (_name, bytes) => {
    expectRefused(bytes, /is not a data file of Detent.*DATA_DIR/);
  });

  test('the SQLite file of another program', () => {
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE items (tbl, pk, sk, body); INSERT INTO items VALUES (1, 2, 3, 4)');
    db.close();
    expectRefused(readFileSync(path), /belongs to another program/);
  });

  test('a schema of another release', async () => {
    const bytes = await filled();
    bytes.writeUInt32BE(99, 60);
    expectRefused(bytes, /has schema version 99, this program needs 2/);
  });

  test('a directory in its place', () => {
    mkdirSync(path);
    expect(() => openDataFile(path)).toThrow(/detent\.db is not a file.*DATA_DIR/);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test.each<[string, (size: number) => number]>([
    ['half', (size) => size / 2],
    ['its last page', (size) => size - PAGE],
    ['a few bytes', (size) => size - 100],
    ['all but the first page', () => PAGE],
    ['all but the header', () => 100],
  ])('one that has lost %s', async (_name, size) => {
    const bytes = await filled();
    expectRefused(bytes.subarray(0, size(bytes.length)), /is damaged \(.+\).*left as it is/);
  });

  test('one with bytes turned over at the head of any page', async () => {
    const bytes = await filled();
    for (let page = 1; page < bytes.length / PAGE; page++)
      expectRefused(flipped(bytes, page * PAGE, 12), /is damaged \([^\n]+\)[^\n]*$/);
  });

  test.each([
    ['the key of an item', 'mfa-login#75record{'],
    ['the content of an item', '{"n":75,'],
    ['the time at which an item is due', '1970-01-01T00:01:15.000Zmfa-login#75'],
  ])('one with a letter turned over in %s', async (_name, text) => {
    const bytes = await filled();
    // SQLite leaves old copies in free space: all of them, so that the one in use is among them.
    let damaged = bytes;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1))
      damaged = flipped(damaged, at, 1);
    expect(damaged).not.toBe(bytes);
    expectRefused(damaged, /is damaged/);
  });

  test('one that has a log beside it, too', async () => {
    await filled();
    const db = openDataFile(path);
    await fill(db, 500, 501);
    cpSync(`${path}-wal`, `${path}-log`);
    const before = readFileSync(path);
    db.close();
    cpSync(`${path}-log`, `${path}-wal`);
    expectRefused(flipped(before, 20 * PAGE, 12), /is damaged/);
    expect(readFileSync(`${path}-wal`).equals(readFileSync(`${path}-log`))).toBe(true);
  });
});

describe('a file that a killed process left', () => {
  /** The file and its log, as they were on the disk at that moment. */
  const snapshot = () => ({ file: readFileSync(path), log: readFileSync(`${path}-wal`) });
  const restore = ({ file, log }: ReturnType<typeof snapshot>) => {
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log);
  };

  test('opens with all that was committed', async () => {
    const db = openDataFile(path);
    await fill(db, 0, 300);
    const left = snapshot();
    db.close();
    restore(left);
    const again = openDataFile(path);
    expect(count(again)).toBe(300);
    again.close();
  });

  test('opens where the log was being moved into the file: its first page is new, the rest has yet to grow', async () => {
    const db = openDataFile(path);
    await fill(db, 0, 300);
    const left = snapshot();
    db.close();
    const firstPage = readFileSync(path).subarray(0, PAGE);
    restore({ ...left, file: Buffer.concat([firstPage, left.file.subarray(PAGE)]) });
    const again = openDataFile(path);
    expect(count(again)).toBe(300);
    again.close();
  });

  test('opens without a last transaction that was written in part', async () => {
    const db = openDataFile(path);
    await fill(db, 0, 10);
    const whole = snapshot();
    await fill(db, 10, 20);
    const left = snapshot();
    db.close();
    restore({ ...left, log: left.log.subarray(0, whole.log.length + 3_000) });
    const again = openDataFile(path);
    expect(count(again)).toBe(10);
    again.close();
  });
});

/** As the first release made it. */
const SCHEMA_1 = `
  PRAGMA journal_mode = WAL; PRAGMA application_id = 0x4465746e; PRAGMA user_version = 1;
  CREATE TABLE items (
    tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
    body TEXT NOT NULL, due_at TEXT, expires_at TEXT,
    PRIMARY KEY (tbl, pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX due ON items (tbl, due_at, pk, sk) WHERE due_at IS NOT NULL;
  CREATE INDEX expiry ON items (expires_at) WHERE expires_at IS NOT NULL;
`;

describe('a file of the first release', () => {
  const rows = (db: DatabaseSync) => db.prepare('SELECT * FROM items ORDER BY tbl, pk, sk').all();

  beforeEach(async () => {
    const db = new DatabaseSync(path);
    db.exec(SCHEMA_1);
    await fill(db, 0, 200);
    db.close();
  });

  test('gets the present schema, and keeps every item', () => {
    const old = new DatabaseSync(path);
    const before = rows(old);
    old.close();
    for (const _time of ['migrated', 'opened again']) {
      const db = openDataFile(path);
      const schema = db.prepare('SELECT group_concat(sql) AS text FROM sqlite_schema').get()?.['text'];
      expect(schema).not.toContain('WITHOUT ROWID');
      expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      expect(rows(db)).toEqual(before);
      db.close();
    }
  });

  test('is whole, old or new, where the process is killed meanwhile', async () => {
    const db = new DatabaseSync(path);
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
      INSERT INTO items SELECT 'flows', 'payment#' || hex(randomblob(16)), 'record', json_object('x', hex(randomblob(450))), NULL, NULL FROM n`);
    const before = count(db);
    db.close();
    const file = new URL('../../adapters/embedded/sqlite-file.ts', import.meta.url);
    const child = spawn(process.execPath, [
      ...['--disable-warning=ExperimentalWarning', '--input-type=module', '-e'],
      `import { openDataFile } from '${file}'; openDataFile(${JSON.stringify(path)}); setInterval(() => {}, 1000)`,
    ]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // In the middle: new pages are being written, and nothing is committed yet.
    while ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < 100_000)
      await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill('SIGKILL');
    await ended;
    const told: string[] = [];
    const again = openDataFile(path, () => told.push('migrating'));
    expect(told).toEqual(['migrating']);
    expect(count(again)).toBe(before);
    expect(again.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    again.close();
  });

  test('stays as it is where it is damaged', () => {
    expectRefused(flipped(readFileSync(path), 20 * PAGE, 12), /is damaged/);
  });
});

test('a file in use is refused with what to do', async () => {
  const db = openDataFile(path);
  expect(() => openDataFile(path)).toThrow(/in use by another process\. Stop it, or set DATA_DIR/);
  await fill(db, 0, 1);
  expect(count(db)).toBe(1);
  db.close();
});

test('the process says so in one line on stderr and ends with 1', async () => {
  const bytes = flipped(await filled(), 20 * PAGE, 12);
  writeFileSync(path, bytes);
  const { code, stdout, stderr } = await refuse(folder.path);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Detent cannot start\. .*detent\.db is damaged[^\n]+\n$/);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
