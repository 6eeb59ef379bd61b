import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { openByHand } from '../../bench/engine/by-hand.ts';
import { type Engine, openEngine } from '../../bench/engine/engine.ts';
import { groupedLogins } from '../../bench/engine/grouped.ts';
import { plainLogins } from '../../bench/engine/plain.ts';
import { COMMITS, FSYNCS, ROWS } from '../../bench/engine/rows.ts';
import { sharesOf } from '../../bench/engine/shares.ts';
import { openPeer } from '../../bench/engine/xstate.ts';
import { theBudget } from '../../bench/report/budget.ts';
import { temporaryFolder } from '../support/tables.ts';

const folder = temporaryFolder();
const USERS = 4;
let engine: Engine;

beforeAll(async () => {
  engine = await openEngine(join(folder.path, 'engine'), USERS);
});

afterAll(async () => {
  await engine.close();
  folder.remove();
});

describe('the work of the engine, counted', () => {
  test.each([1, USERS])('is exactly what the budget says, with %i logins at once', async (concurrency) => {
    const logins = 12;
    const { work } = await engine.run(logins, concurrency);
    const { counted } = theBudget;
    const each = (name: string) => (counted[`engine.work.${name}`] ?? Number.NaN) * logins;
    expect(work).toEqual({
      events: each('events'),
      messages: each('messages'),
      rows: each('rows'),
      transactions: each('transactions'),
      durable: each('durable'),
    });
  });
});

/** What became of a data file: rows, and the changes by this connection. */
function counting(run: (db: ReturnType<typeof openDataFile>) => { logins: number }) {
  const db = openDataFile(join(folder.path, `${Math.random()}.db`));
  const changes = () => Number(db.prepare('SELECT total_changes() AS n').get()?.['n']);
  const before = changes();
  let commits = 0;
  let fsyncs = 0;
  let full = true;
  const exec = db.exec.bind(db);
  db.exec = (sql) => {
    if (sql.startsWith('PRAGMA')) full = sql.endsWith('FULL');
    if (sql === 'COMMIT') commits++;
    if (sql === 'COMMIT' && full) fsyncs++;
    exec(sql);
  };
  const { logins } = run(db);
  const changed = changes() - before;
  db.close();
  return { counted: { changed, commits, fsyncs }, logins };
}

describe('the physical limits', () => {
  test('plain: the rows and the commits of each login, one after the other', () => {
    const { counted, logins } = counting((db) => plainLogins(db, 6));
    expect(counted).toEqual({ changed: 6 * ROWS, commits: 6 * COMMITS, fsyncs: 6 * FSYNCS });
    expect(logins).toBeGreaterThan(0);
  });

  test('grouped: the same rows, three commits for each group', () => {
    const { counted } = counting((db) => groupedLogins(db, 8, 4));
    expect(counted).toEqual({ changed: 8 * ROWS, commits: 2 * COMMITS, fsyncs: 2 * FSYNCS });
  });
});

test('a login by hand writes the rows of the limits', async () => {
  const db = openDataFile(join(folder.path, 'by-hand.db'));
  const byHand = await openByHand(db);
  expect((await byHand.run(8, 4)).logins).toBeGreaterThan(0);
  // Of each login a record and an entry; of each of the four in a group a phone.
  expect(db.prepare('SELECT count(*) AS n FROM items').get()).toEqual({ n: 8 * 2 + 4 });
  db.close();
});

test('the shares of a login are parts of the whole', () => {
  const at = (name: string, value: number) => ({ name, value, unit: '/s' });
  const shares = sharesOf(
    [
      at('limit.grouped.logins.c64', 20_000),
      at('limit.byhand.logins.c64', 5_000),
      at('engine.logins.c64', 2_500),
    ],
    { own: 6, library: 120 },
  );
  const value = (name: string) => shares.find((share) => share.name === name);
  expect(value('engine.share.sqlite.c64')).toMatchObject({ value: 50, limit: 400, ratio: 0.125 });
  expect(value('engine.share.cryptography.c64')).toMatchObject({ value: 150, ratio: 0.375 });
  expect(value('engine.share.definition.c64')).toMatchObject({ value: 12, ratio: 0.03 });
  expect(value('engine.share.rest.c64')).toMatchObject({ value: 188, ratio: 0.47 });
  expect(value('engine.definition')).toMatchObject({ value: 6, limit: 120, ratio: 0.05 });
});

describe('the peer', () => {
  test.each([
    [1, false],
    [USERS, false],
    [USERS, true],
  ])('logs in, %i at once, in step: %s', async (together, inStep) => {
    const peer = await openPeer(join(folder.path, `peer-${together}-${inStep}.db`), USERS);
    const { logins, p50, p99 } = await peer.run(8, together, inStep);
    peer.close();
    expect(logins).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
  });
});
