/** What a login must write, as plain `node:sqlite` writes it: for both physical limits. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** About the size of a login's record, of its entry, and of the phone's quota. */
const record = JSON.stringify({ filler: 'r'.repeat(900) });
const entry = JSON.stringify({ filler: 'e'.repeat(500) });
const quota = JSON.stringify({ filler: 'q'.repeat(150) });

/** For one login that shares none with another: rows written, commits, and of these those with an fsync. */
export const ROWS = 5;
export const COMMITS = 3;
export const FSYNCS = 2;

/** As random, and as long, as the engine's. */
export const newKey = (): string => `mfa-login#${randomBytes(16).toString('base64url')}`;

/** The three writes of a login, with the engine's tables and indexes, and the same places in the indexes. */
export function writer(db: DatabaseSync) {
  const statement = db.prepare(
    `INSERT INTO items (tbl, pk, sk, body, due_at, expires_at) VALUES ('flows', ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body, due_at = excluded.due_at, expires_at = excluded.expires_at`,
  );
  return {
    /** @param phone whose quota it takes. */
    creation(pk: string, phone: string): void {
      statement.run(pk, 'record', record, inSeconds(300), null);
      statement.run(pk, 'entry#0000000001', entry, inSeconds(60), null);
      statement.run(`sms#${phone}`, 'windows', quota, null, inSeconds(86_400));
    },
    mark: (pk: string) => statement.run(pk, 'entry#0000000001', entry, null, inSeconds(86_400)),
    session: (pk: string) => statement.run(pk, 'record', record, inSeconds(900), null),
  };
}

/** Runs some writes as one transaction, which ends with an fsync. @returns how long it took, in ms. */
export function commit(db: DatabaseSync, writes: () => void): number {
  const begin = performance.now();
  db.exec('BEGIN IMMEDIATE');
  writes();
  db.exec('COMMIT');
  return performance.now() - begin;
}

/** The same without an fsync of its own: the next commit's covers it. Enough for the relay's mark, as in the engine. */
export function note(db: DatabaseSync, writes: () => void): void {
  db.exec('PRAGMA synchronous = NORMAL');
  commit(db, writes);
  db.exec('PRAGMA synchronous = FULL');
}

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
