/** kill -9 at any moment, under load: what was answered stays true, and what was under way is finished. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { recordKey } from '../../core/flow.ts';
import { recordOf } from '../../core/persistence.ts';
import type { JsonObject } from '../../core/types.ts';
import { codeOf, processes, refuse, type Started } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';
import { byChance } from './chance.ts';
import { expectStillTrue, finished, load, pause, type Told, unlimited, until, user } from './clients.ts';

const KILLS = 7;
const CLIENTS = 8;

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  await seed(folder.path, user);
});
afterEach(() => folder.remove());

/** Load from many clients until the moment of the kill, counted from the start or from the first finished login. */
async function killed(detent: Started, told: Told[], afterMs: number, warm: boolean): Promise<void> {
  const before = finished(told);
  const clients = load(detent, told, CLIENTS);
  if (warm) await until(() => finished(told) > before, clients);
  await pause(afterMs);
  const { signal, stderr } = await detent.stop('SIGKILL');
  expect(signal).toBe('SIGKILL');
  // All it has to tell: SMS of which the process before did not know whether they went.
  for (const line of stderr.split('\n').filter(Boolean)) expect(line).toContain('"status":"unknown"');
  await clients;
}

byChance('every answer stays true, versions have no gap, and every code arrives', async (chance) => {
  const told: Told[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    await killed(await start(folder.path, unlimited), told, chance.below(240), kill % 2 === 1);
    // Some more before it is ready, while it finishes what the one before had left.
    if (kill % 3 === 0) await refuse(folder.path, unlimited, 200 + chance.below(60));
  }
  expect(finished(told)).toBeGreaterThanOrEqual(3);

  const detent = await start(folder.path, unlimited);
  await expectStillTrue(detent, told);
  await stillWork(detent, told);
  expect((await detent.stop()).code).toBe(0);
  await gapless();
});

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
