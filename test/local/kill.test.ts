/** kill -9 at any moment, under load: what was answered stays true, and what was under way is finished. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { recordKey } from '../../core/flow.ts';
import { recordOf } from '../../core/persistence.ts';
import type { JsonObject } from '../../core/types.ts';
import { type Answered, codeOf, refuse, type Started, start } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';

const KILLS = 7;
const CLIENTS = 8;
/** Milliseconds of load before a kill: the same in every run, spread over a start, a rush and a steady load. */
const momentOf = (kill: number) => (kill * 7_919 + 37) % 241;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const unlimited = { SMS_QUOTA_PER_PHONE: '100000', SMS_QUOTA_PER_PHONE_DAY: '100000' };
const user = { username: 'someone', password: 'a pass phrase', phone: '+15555550177' };

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  await seed(folder.path, user);
});
afterEach(() => folder.remove());

/** What the clients were told, by login. */
interface Told {
  loginId: string;
  /** The farthest state that an answer named. */
  state: 'WaitForOtpInput' | 'LoggedIn' | 'Cancelled';
  /** The fewest attempts that an answer named. */
  attemptsLeft: number;
  /** A request whose answer never came: it may have happened or not. */
  asked?: 'LoggedIn' | 'Cancelled' | 'attempt';
}

/** Goes through logins, one after the other, until the process is gone. */
async function client(detent: Started, told: Told[], number: number): Promise<void> {
  const { username, password } = user;
  for (let round = number; ; round++) {
    const { status, body } = await detent.post('/logins', { username, password });
    expect(status).toBe(201);
    const login: Told = { loginId: String(body['loginId']), state: 'WaitForOtpInput', attemptsLeft: 3 };
    told.push(login);
    const path = `/logins/${login.loginId}`;
    if (round % 4 === 0) continue;
    if (round % 4 === 1) {
      await telling(login, 'Cancelled', () => detent.send('DELETE', path));
      continue;
    }
    const code = await codeOf(detent, login.loginId);
    if (round % 4 === 2) {
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
      login.asked = 'attempt';
      const answer = await detent.post(`${path}/otp`, { code: wrong });
      expect(answer).toMatchObject({ status: 401, body: { attemptsLeft: 2 } });
      login.attemptsLeft = 2;
      delete login.asked;
    }
    await telling(login, 'LoggedIn', () => detent.post(`${path}/otp`, { code }));
  }
}

async function telling(login: Told, state: 'LoggedIn' | 'Cancelled', request: () => Promise<Answered>) {
  login.asked = state;
  expect((await request()).status).toBe(200);
  login.state = state;
  delete login.asked;
}

const finished = (told: Told[]) => told.filter(({ state }) => state === 'LoggedIn').length;

/** Load from many clients until the moment of the kill, counted from the start or from the first finished login. */
async function killed(detent: Started, told: Told[], afterMs: number, warm: boolean): Promise<void> {
  const before = finished(told);
  const clients = Promise.allSettled(Array.from({ length: CLIENTS }, (_, n) => client(detent, told, n)));
  while (warm && finished(told) === before) await pause(5);
  await pause(afterMs);
  const { signal, stderr } = await detent.stop('SIGKILL');
  expect(signal).toBe('SIGKILL');
  // All it has to tell: SMS of which the process before did not know whether they went.
  for (const line of stderr.split('\n').filter(Boolean)) expect(line).toContain('"status":"unknown"');
  for (const end of await clients) {
    // A connection that broke is the kill; anything else is an answer that was wrong.
    if (end.status === 'rejected')
      expect(String(end.reason.cause ?? end.reason)).toMatch(/ECONNRE|socket|closed/i);
  }
}

test('every answer stays true, versions have no gap, and every code arrives', async () => {
  const told: Told[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const moment = momentOf(kill);
    await killed(await start(folder.path, unlimited), told, moment, kill % 2 === 1);
    // Some more before it is ready, while it finishes what the one before had left.
    if (kill % 3 === 0) await refuse(folder.path, unlimited, 200 + moment / 4);
  }
  expect(finished(told)).toBeGreaterThanOrEqual(3);

  const detent = await start(folder.path, unlimited);
  for (const { loginId, state, attemptsLeft, asked } of told) {
    const { body } = await detent.get(`/logins/${loginId}`);
    expect([state, asked]).toContain(body['state']);
    expect(Number(body['attemptsLeft'])).toBeLessThanOrEqual(attemptsLeft);
    expect(Number(body['attemptsLeft'])).toBeGreaterThanOrEqual(asked === 'attempt' ? 2 : attemptsLeft);
  }
  expect(await unsent(detent, told)).toEqual([]);
  await stillWork(detent, told);
  expect((await detent.stop()).code).toBe(0);
  await gapless();
}, 30_000);

/** The logins whose SMS has not come, once it has had its time. */
async function unsent(detent: Started, told: Told[]): Promise<string[]> {
  for (let look = 0; ; look++) {
    const { body } = await detent.get('/dev/sms');
    const messages = body['messages'] as unknown as { effectId: string }[];
    const arrived = new Set(messages.map(({ effectId }) => effectId.split('/')[0]));
    const missing = told.flatMap(({ loginId }) => (arrived.has(loginId) ? [] : [loginId]));
    if (missing.length === 0 || look === 100) return missing;
    await pause(50);
  }
}

/** Codes from before the kills, in logins that still wait. */
async function stillWork(detent: Started, told: Told[]): Promise<void> {
  const waiting = told.filter(({ state, asked }) => state === 'WaitForOtpInput' && !asked).slice(0, 5);
  expect(waiting.length).toBeGreaterThan(0);
  for (const { loginId } of waiting) {
    const answer = await detent.post(`/logins/${loginId}/otp`, { code: await codeOf(detent, loginId) });
    expect(answer).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
  }
}

/** In the file itself, whether a client heard of a login or not: versions, SMS and quota agree. */
async function gapless(): Promise<void> {
  const db = openDataFile(join(folder.path, 'detent.db'));
  const table = new SqliteTable(db);
  const ids = db.prepare(`SELECT pk FROM items WHERE tbl = 'flows' AND sk = 'record'`).all();
  const sent = (await table.query('inbox', 'sms', '')).map(({ item }) => String(item['effectId']));
  for (const { pk } of ids) {
    const flowId = String(pk).slice('mfa-login#'.length);
    const record = recordOf((await table.read(recordKey('mfa-login', flowId))) ?? {});
    expect(record.trail.map(({ version }) => version)).toEqual(record.trail.map((_, index) => index + 1));
    expect(record.version).toBe(record.trail.length);
    const entries = await table.query('flows', String(pk), 'entry#');
    expect(entries.map(({ item }) => item['version'])).toEqual([1]);
    const delivery = Object.values(entries[0]?.item['delivery'] as { [id: string]: JsonObject });
    expect(delivery).toMatchObject([{ status: 'delivered' }]);
    expect(sent.filter((effectId) => effectId === `${flowId}/1/1`).length).toBeGreaterThanOrEqual(1);
  }
  // Nothing invented: no SMS but for a login that exists.
  const known = new Set(ids.map(({ pk }) => String(pk).slice('mfa-login#'.length)));
  for (const effectId of sent) expect(known).toContain(effectId.split('/')[0]);
  const quota = db
    .prepare(`SELECT body FROM items WHERE tbl = 'quotas'`)
    .all()
    .map(({ body }) => JSON.parse(String(body)));
  expect(quota).toMatchObject([{ hourLeft: 100_000 - ids.length, dayLeft: 100_000 - ids.length }]);
  db.close();
}

test('the clock, the key and the session survive', async () => {
  const first = await start(folder.path);
  const { body } = await first.post('/logins', { username: user.username, password: user.password });
  const code = await codeOf(first, String(body['loginId']));
  const done = await first.post(`/logins/${body['loginId']}/otp`, { code });
  const { token } = done.body['session'] as JsonObject;
  const { body: clock } = await first.post('/dev/clock', { advanceSeconds: 500 });
  await first.stop('SIGKILL');

  const second = await start(folder.path);
  const session = () => second.get('/session', { authorization: `Bearer ${token}` });
  expect((await session()).status).toBe(200);
  const { body: later } = await second.post('/dev/clock', { advanceSeconds: 401 });
  expect(Date.parse(String(later['now']))).toBeGreaterThanOrEqual(Date.parse(String(clock['now'])) + 401_000);
  expect((await session()).status).toBe(401);
  await second.stop('SIGKILL');
});
