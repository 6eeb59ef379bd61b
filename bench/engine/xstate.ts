/**
 * The peer in one process: the same login as an XState machine, its snapshots in SQLite. It is favoured: it keeps no trail,
 * answers no event twice, counts no failures and no quota, knows no deadlines, and its users are in memory. It writes the
 * snapshot with a row for the SMS, derives the message, and marks the row, as the relay does, without an fsync of its own.
 */
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { exportJWK, generateKeyPair } from 'jose';
import { createActor, type Snapshot, waitFor } from 'xstate';
import { deriveCode, smsBody } from '../../flows/mfa-login/otp.ts';
import { hashPassword } from '../../flows/mfa-login/password.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { cheap } from './engine.ts';
import { commit, note } from './rows.ts';
import { type Run, runOf } from './run.ts';
import { loginMachine, type User } from './xstate-machine.ts';

export interface Peer {
  /** @param together logins whose snapshots share each commit; 1: one login after the other. */
  run(logins: number, together: number): Promise<Run>;
  close(): void;
}

/** @param users at least as many as logins go together. */
export async function openPeer(path: string, users: number): Promise<Peer> {
  const db = new DatabaseSync(path);
  db.exec(
    `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;
     CREATE TABLE snapshots (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
     CREATE TABLE outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL, sent_at TEXT) WITHOUT ROWID;
     CREATE INDEX unsent ON outbox (id) WHERE sent_at IS NULL;`,
  );
  const load = db.prepare('SELECT body FROM snapshots WHERE id = ?');
  const save = db.prepare(
    'INSERT INTO snapshots (id, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  const post = db.prepare('INSERT INTO outbox (id, body) VALUES (?, ?)');
  const mark = db.prepare('UPDATE outbox SET sent_at = ? WHERE id = ?');

  const otp = randomBytes(32).toString('base64url');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  let tokens = 0;
  const machine = loginMachine(otp, JSON.stringify(await exportJWK(privateKey)), () => tokens++);
  const known = new Map<string, User>();
  for (let n = 0; n < users; n++) {
    const password = await hashPassword('secret', randomBytes(16), cheap);
    known.set(`user-${n}`, { password, phone: `+1555${String(n).padStart(7, '0')}` });
  }

  /** Runs one event on an instance that comes from its snapshot, as a server must; its new snapshot is not saved yet. */
  async function tell(id: string, event: Parameters<ReturnType<typeof actorOf>['send']>[0]) {
    const actor = actorOf(id).start();
    actor.send(event);
    const { value, context } = await waitFor(actor, (snapshot) => !snapshot.hasTag('busy'));
    const body = JSON.stringify(actor.getPersistedSnapshot());
    actor.stop();
    return { id, value, context, body };
  }

  function actorOf(id: string) {
    const stored = load.get(id)?.['body'];
    const snapshot =
      stored === undefined ? {} : { snapshot: JSON.parse(String(stored)) as Snapshot<unknown> };
    return createActor(machine, { input: { loginId: id }, ...snapshot });
  }

  async function group(ids: string[], times: number[]): Promise<void> {
    const begin = performance.now();
    const begun = await Promise.all(
      ids.map((id, n) => {
        const username = `user-${n}`;
        return tell(id, { type: 'LoginRequested', username, password: 'secret', user: known.get(username) });
      }),
    );
    commit(db, () => {
      for (const { id, body, context } of begun) {
        save.run(id, body);
        post.run(id, JSON.stringify({ kind: 'sms', loginId: id, notAfter: context.expiresAt }));
      }
    });
    const created = performance.now();
    const codes = begun.map(({ id, context }) => deriveCode(otp, id, context.codeCounter));
    for (const code of codes) smsBody(code, defaultSettings.codeSeconds);
    note(db, () => {
      for (const id of ids) mark.run(new Date().toISOString(), id);
    });
    const sent = performance.now();
    const done = await Promise.all(
      ids.map((id, n) => tell(id, { type: 'OtpSubmitted', code: codes[n] ?? '' })),
    );
    commit(db, () => {
      for (const { id, body } of done) save.run(id, body);
    });
    const end = performance.now();
    for (const { value } of done) {
      if (value !== 'LoggedIn') throw new Error(`the peer's login ends in ${JSON.stringify(value)}`);
      times.push(created - begin, end - sent);
    }
  }

  return {
    async run(logins, together) {
      const times: number[] = [];
      tokens = 0;
      const begin = performance.now();
      let done = 0;
      for (; done < logins; done += together) {
        const ids = Array.from({ length: together }, () => randomBytes(16).toString('base64url'));
        await group(ids, times);
      }
      if (tokens !== done) throw new Error(`the peer signed ${tokens} tokens for ${done} logins`);
      return runOf(done, times, begin, performance.now());
    },
    close: () => db.close(),
  };
}
