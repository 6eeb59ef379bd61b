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
  /** Commits that wrote, and were synced before anybody was answered: in WAL mode one fsync each. */
  fsyncs: number;
  /** Commits that wrote, those without an fsync of their own among them. */
  commits: number;
  /** Items inserted, changed or deleted. */
  rows: number;
  /** That the write-ahead log grew by: whole pages, and a header for each. */
  walBytes: number;
}

/**
 * One login through the embedded runtime, from the password to the session, with nothing else under way.
 *
 * Commits are counted twice, by two ways that know nothing of each other: as the statements that SQLite is given, with what
 * SQLite says of its changes and of its setting of `synchronous` at that moment; and as the commit frames in the log.
 *
 * @throws Error where the two differ: then commits are made in another way than this counts.
 */
export async function embeddedWork(): Promise<EmbeddedWork> {
  const dataDir = mkdtempSync(join(tmpdir(), 'detent-work-'));
  const runtime = await openRuntime({
    dataDir,
    settings: defaultSettings,
    observe: () => {},
    phone: { send: async () => ({ receipt: 'work' }) },
  });
  try {
    await putUser(runtime.table, { username: 'user', password: 'secret', phone: '+15550000000' }, cheap);
    // The first login makes what all others share: the phone's quota.
    await login(runtime, 'first');
    const log = () => framesOf(readFileSync(join(dataDir, 'detent.db-wal')));
    const before = log();
    const commits = await commitsDuring(() => login(runtime, 'login-of-22-characters'));
    const grown = difference(log(), before);
    const writing = commits.filter(({ rows }) => rows > 0);
    if (writing.length !== grown.commits)
      throw new Error(`${writing.length} commits were seen, but the log has ${grown.commits}`);
    return {
      fsyncs: writing.filter(({ synced }) => synced).length,
      commits: writing.length,
      rows: writing.reduce((sum, { rows }) => sum + rows, 0),
      walBytes: grown.bytes,
    };
  } finally {
    await runtime.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const difference = (after: Frames, before: Frames): Frames => ({
  commits: after.commits - before.commits,
  bytes: after.bytes - before.bytes,
});

/** `PRAGMA synchronous`: from FULL on a commit in WAL mode is synced. */
const FULL = 2;

/** Every `COMMIT` that this process gives to SQLite while a task runs, with the rows that it committed. */
async function commitsDuring(task: () => Promise<void>): Promise<{ rows: number; synced: boolean }[]> {
  const commits: { rows: number; synced: boolean }[] = [];
  const totals = new WeakMap<DatabaseSync, number>();
  const original = DatabaseSync.prototype.exec;
  const first = (db: DatabaseSync, sql: string) => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const changes = (db: DatabaseSync) => first(db, 'SELECT total_changes()');
  DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string) {
    if (/^\s*BEGIN\b/.test(sql)) totals.set(this, changes(this));
    if (/^\s*COMMIT\b/.test(sql)) {
      const rows = changes(this) - (totals.get(this) ?? 0);
      commits.push({ rows, synced: first(this, 'PRAGMA synchronous') >= FULL });
    }
    return original.call(this, sql);
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
  // The SMS is sent and marked before the code can be typed.
  await runtime.idle();
  const code = deriveCode(await secret('otp'), flowId, Number(begun.record.data['codeCounter']));
  const done = await tell('OtpSubmitted', { code });
  if (!('state' in done) || done.state !== 'LoggedIn') throw new Error(`code: ${done.status}`);
  await runtime.idle();
}
