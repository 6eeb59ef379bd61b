/**
 * The peer in one process: the same login as an XState machine, its snapshots in SQLite. It writes the snapshot, with the time at
 * which it is to be looked at, a row for the SMS and what is left of the phone's quota; derives the message, and marks the row, as the
 * relay does; and it notes the ids of its events, so that none is taken twice. It is favoured: it keeps no trail, no answers for those
 * who ask again, counts no failures, and its users are in memory.
 */
import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { exportJWK, generateKeyPair } from 'jose';
import { createActor, type Snapshot, waitFor } from 'xstate';
import { keyedHash } from '../../core/keyed-hash.ts';
import { deriveCode, smsBody } from '../../flows/mfa-login/otp.ts';
import { hashPassword } from '../../flows/mfa-login/password.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { cheap, inLanes, newFlowId, PASSWORD, UNLIMITED, userOf } from '../logins.ts';
import { commit, note } from './rows.ts';
import { type Run, runOf } from './run.ts';
import { loginMachine, type User } from './xstate-machine.ts';

export interface Peer {
  /**
   * @param atOnce how many logins are under way at once.
   * @param inStep whether they share each commit: all the first, all the second event. Else each event has a commit of its own.
   */
  run(logins: number, atOnce: number, inStep?: boolean): Promise<Run>;
  close(): void;
}

/** @param users at least as many as logins go together. */
export async function openPeer(path: string, users: number): Promise<Peer> {
  const db = new DatabaseSync(path);
  db.exec(
    `PRAGMA fullfsync = 1; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;
     CREATE TABLE snapshots (id TEXT PRIMARY KEY, body TEXT NOT NULL, due_at TEXT);
     CREATE INDEX due ON snapshots (due_at) WHERE due_at IS NOT NULL;
     CREATE TABLE quotas (phone TEXT PRIMARY KEY, left_over INTEGER NOT NULL);
     CREATE TABLE events (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL);
     CREATE TABLE outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL, sent_at TEXT) WITHOUT ROWID;
     CREATE INDEX unsent ON outbox (id) WHERE sent_at IS NULL;`,
  );
  const load = db.prepare('SELECT body FROM snapshots WHERE id = ?');
  const save = db.prepare(
    'INSERT INTO snapshots (id, body, due_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body, due_at = excluded.due_at',
  );
  const take = db.prepare('UPDATE quotas SET left_over = left_over - 1 WHERE phone = ? AND left_over > 0');
  const meet = db.prepare('INSERT INTO events (id, fingerprint) VALUES (?, ?)');
  const post = db.prepare('INSERT INTO outbox (id, body) VALUES (?, ?)');
  const mark = db.prepare('UPDATE outbox SET sent_at = ? WHERE id = ?');

  const quota = db.prepare('INSERT INTO quotas (phone, left_over) VALUES (?, ?)');
  const otp = randomBytes(32).toString('base64url');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  let tokens = 0;
  const machine = loginMachine(otp, JSON.stringify(await exportJWK(privateKey)), () => tokens++);
  const known = new Map<string, User>();
  for (let n = 0; n < users; n++) {
    const password = await hashPassword(PASSWORD, randomBytes(16), cheap);
    const { username, phone } = userOf(n);
    known.set(username, { password, phone });
    quota.run(keyedHash(otp, 'phone', phone), UNLIMITED);
  }

  /** Runs one event on an instance that comes from its snapshot, as a server must; its new snapshot is not saved yet. */
  async function tell(id: string, event: Parameters<ReturnType<typeof actorOf>['send']>[0]) {
    const actor = actorOf(id).start();
    actor.send(event);
    const fingerprint = keyedHash(otp, 'fingerprint', JSON.stringify(event));
    const { value, context } = await waitFor(actor, (snapshot) => !snapshot.hasTag('busy'));
    const body = JSON.stringify(actor.getPersistedSnapshot());
    actor.stop();
    return { id, value, context, body, fingerprint };
  }

  function actorOf(id: string) {
    const stored = load.get(id)?.['body'];
    const snapshot =
      stored === undefined ? {} : { snapshot: JSON.parse(String(stored)) as Snapshot<unknown> };
    return createActor(machine, { input: { loginId: id }, ...snapshot });
  }

  /** @param first number of the first login's user. */
  async function group(ids: string[], first: number, times: number[]): Promise<void> {
    const begin = performance.now();
    const begun = await Promise.all(
      ids.map((id, n) => {
        const { username } = userOf(first + n);
        return tell(id, { type: 'LoginRequested', username, password: PASSWORD, user: known.get(username) });
      }),
    );
    commit(db, () => {
      for (const { id, body, context, fingerprint } of begun) {
        meet.run(`${id}-LoginRequested`, fingerprint);
        save.run(id, body, context.expiresAt);
        if (take.run(keyedHash(otp, 'phone', context.phone)).changes !== 1)
          throw new Error('the quota is used up');
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
      for (const { id, body, context, fingerprint } of done) {
        meet.run(`${id}-OtpSubmitted`, fingerprint);
        save.run(id, body, context.session?.expiresAt ?? null);
      }
    });
    const end = performance.now();
    for (const { value } of done) {
      if (value !== 'LoggedIn') throw new Error(`the peer's login ends in ${JSON.stringify(value)}`);
      times.push(created - begin, end - sent);
    }
  }

  return {
    async run(logins, atOnce, inStep = false) {
      const times: number[] = [];
      tokens = 0;
      const begin = performance.now();
      const size = inStep ? atOnce : 1;
      const rounds = Math.ceil(logins / size);
      await inLanes(rounds, atOnce / size, (lane) =>
        group(Array.from({ length: size }, newFlowId), lane * size, times),
      );
      if (tokens !== rounds * size)
        throw new Error(`the peer signed ${tokens} tokens for ${rounds * size} logins`);
      return runOf(rounds * size, times, begin, performance.now());
    },
    close: () => db.close(),
  };
}
