/** The physical limit: what a login must write, by plain `node:sqlite`, with nothing else around it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';

/** About the size of a login's record, of its entry, and of the phone's quota. */
const record = JSON.stringify({ filler: 'r'.repeat(900) });
const entry = JSON.stringify({ filler: 'e'.repeat(500) });
const quota = JSON.stringify({ filler: 'q'.repeat(150) });

/**
 * Three fsynced commits for each login, one after the other: creation with its entry, the relay's mark, the session. The
 * same file, the same tables and indexes, ids as random, and the same places in the indexes as the engine's.
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
    const pk = `mfa-login#${randomBytes(16).toString('base64url')}`;
    commit(
      () => put(pk, 'record', record, inSeconds(300)),
      () => put(pk, 'entry#0000000001', entry, inSeconds(60)),
      () => put('sms#phone', 'windows', quota, null, inSeconds(86_400)),
    );
    commit(() => put(pk, 'entry#0000000001', entry, null, inSeconds(86_400)));
    commit(() => put(pk, 'record', record, inSeconds(900)));
  }
  const seconds = (performance.now() - begin) / 1000;
  db.close();
  return logins / seconds;
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

function putter(db: DatabaseSync) {
  const statement = db.prepare(
    `INSERT INTO items (tbl, pk, sk, body, due_at, expires_at) VALUES ('flows', ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body, due_at = excluded.due_at, expires_at = excluded.expires_at`,
  );
  return (pk: string, sk: string, body: string, dueAt: string | null, expiresAt: string | null = null) =>
    statement.run(pk, sk, body, dueAt, expiresAt);
}
