/** What one login costs the disk of the embedded runtime, counted from what SQLite really does. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deriveCode } from '../../flows/mfa-login/otp.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { openRuntime, type Runtime } from '../../local/runtime.ts';
import { putUser } from '../../local/users.ts';
import { type Frames, framesOf } from './wal.ts';

/** Passwords are not what is counted here. */
const cheap = { N: 16, r: 1, p: 1 };

export interface EmbeddedWork {
  /** Commits that reached the disk for good before anything else went on: in WAL mode one fsync each. */
  fsyncs: number;
  /** Of these, those that an answer waits for; the rest make sure, in the background, of what went without an fsync of its own. */
  fsyncsAwaited: number;
  /** Commits that wrote, synced or not. */
  commits: number;
  /** Items inserted, changed or deleted. */
  rows: number;
  /** That the write-ahead log grew by: whole pages, and a header for each. */
  walBytes: number;
}

/** People need longer for a code, and so does what the table does on its own within milliseconds. Timers of one process keep their order. */
const TYPING_MS = 50;

/**
 * One login through the embedded runtime, from the password to the session, with nothing else under way.
 *
 * Commits are seen as the statements that SQLite is given, and counted where the log has a commit frame more after one. SQLite
 * says itself how many rows it changed, and whether it syncs at that moment.
 *
 * @throws Error where the log has grown otherwise: then commits are made in a way that this does not see.
 */
export async function embeddedWork(): Promise<EmbeddedWork> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-work-'));
  const runtime = await openRuntime({
    dataDir,
    settings: defaultSettings,
    observe: () => {},
    phone: { send: async () => ({ receipt: 'work' }) },
  });
  const log = () => framesOf(readFileSync(join(dataDir, 'detent.db-wal')));
  try {
    await putUser(runtime.table, { username: 'user', password: 'secret', phone: '+15550000000' }, cheap);
    // The first login makes what all others share: the phone's quota.
    await login(runtime, 'first');
    const before = log();
    const commits = await commitsDuring(() => login(runtime, 'login-of-22-characters'), log);
    const after = log();
    if (commits.length !== after.commits - before.commits)
      throw new Error(
        `${commits.length} commits were seen, but the log has ${after.commits - before.commits}`,
      );
    const synced = commits.filter(({ isSynced }) => isSynced);
    return {
      fsyncs: synced.length,
      fsyncsAwaited: synced.filter(({ rows }) => rows > 0).length,
      commits: commits.length,
      rows: commits.reduce((sum, { rows }) => sum + rows, 0),
      walBytes: after.bytes - before.bytes,
    };
  } finally {
    await runtime.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Commit {
  rows: number;
  isSynced: boolean;
}

/** `PRAGMA synchronous`: from FULL on a commit in WAL mode is synced. */
const FULL = 2;

/** Every commit of this process that wrote something while a task ran. */
async function commitsDuring(task: () => Promise<void>, log: () => Frames): Promise<Commit[]> {
  const commits: Commit[] = [];
  const original = DatabaseSync.prototype.exec;
  const first = (db: DatabaseSync, sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  let counted: number | undefined;
  DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string) {
    counted ??= first(this, 'SELECT total_changes()');
    if (!/\bCOMMIT\b/.test(sql)) return original.call(this, sql);
    const before = log().commits;
    const isSynced = first(this, 'PRAGMA synchronous') >= FULL;
    original.call(this, sql);
    const changes = first(this, 'SELECT total_changes()');
    if (log().commits > before) commits.push({ rows: changes - counted, isSynced });
    counted = changes;
  };
  try {
    await task();
  } finally {
    DatabaseSync.prototype.exec = original;
  }
  return commits;
}

async function login(runtime: Runtime, flowId: string): Promise<void> {
  const { deliverer, secret, mfaLogin } = runtime;
  const tell = (type: string, payload: { [field: string]: string }) =>
    deliverer.deliver({ flow: mfaLogin.flow, flowId, event: { id: `${flowId}-${type}`, type, payload } });
  const begun = await tell('LoginRequested', { username: 'user', password: 'secret', source: '192.0.2.1' });
  if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
  await pause(runtime);
  const code = deriveCode(await secret('otp'), flowId, Number(begun.record.data['codeCounter']));
  const done = await tell('OtpSubmitted', { code });
  if (!('state' in done) || done.state !== 'LoggedIn') throw new Error(`code: ${done.status}`);
  await pause(runtime);
}

/** Until the SMS has been sent and marked, and a code typed. */
async function pause(runtime: Runtime): Promise<void> {
  await runtime.idle();
  await new Promise((resolve) => setTimeout(resolve, TYPING_MS));
}
