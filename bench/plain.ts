/** The physical limit: what a login must write, by plain `node:sqlite`, with nothing else around it. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';

/** About the size of a login's record and of its entry. */
const record = JSON.stringify({ filler: 'r'.repeat(900) });
const entry = JSON.stringify({ filler: 'e'.repeat(500) });
const later = '2100-01-01T00:00:00.000Z';

/**
 * Three fsynced commits for each login, one after the other: creation with its entry, the relay's mark, the session.
 *
 * @returns logins per second.
 */
export function plainLogins(folder: string, logins: number): number {
  const db = openDataFile(join(folder, 'plain.db'));
  const put = putter(db);
  const commit = (...writes: (() => void)[]) => {
    db.exec('BEGIN IMMEDIATE');
    for (const write of writes) write();
    db.exec('COMMIT');
  };
  const begin = performance.now();
  for (let n = 0; n < logins; n++) {
    const pk = `mfa-login#${n}`;
    commit(
      () => put(pk, 'record', record),
      () => put(pk, 'entry#0000000001', entry),
      () => put(`quota#${n}`, 'windows', '{"hourLeft":4,"dayLeft":9}'),
    );
    commit(() => put(pk, 'entry#0000000001', entry));
    commit(() => put(pk, 'record', record));
  }
  const seconds = (performance.now() - begin) / 1000;
  db.close();
  return logins / seconds;
}

function putter(db: DatabaseSync) {
  const statement = db.prepare(
    `INSERT INTO items (tbl, pk, sk, body, due_at, expires_at) VALUES ('flows', ?, ?, ?, ?, NULL)
     ON CONFLICT DO UPDATE SET body = excluded.body, due_at = excluded.due_at`,
  );
  return (pk: string, sk: string, body: string) => statement.run(pk, sk, body, later);
}
