import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { type Engine, openEngine } from '../../bench/engine/engine.ts';
import { groupedLogins } from '../../bench/engine/grouped.ts';
import { plainLogins } from '../../bench/engine/plain.ts';
import { COMMITS, FSYNCS, ROWS } from '../../bench/engine/rows.ts';
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
      commits: each('commits'),
      fsyncs: each('fsyncs'),
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

describe('the peer', () => {
  test.each([1, USERS])('logs in, %i together', async (together) => {
    const peer = await openPeer(join(folder.path, `peer-${together}.db`), USERS);
    const { logins, p50, p99 } = await peer.run(8, together);
    peer.close();
    expect(logins).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
  });
});
