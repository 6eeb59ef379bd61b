/** A full disk: what cannot be written is refused whole, what can be read is answered, and with room all goes on. */
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test as runs } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import type { JsonObject } from '../../core/types.ts';
import { codeOf, type Environment, processes, refuse, type Started } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';
import { pause, unlimited, user, wrongCode } from './clients.ts';
import { type Disk, disks } from './disks.ts';

const { username, password } = user;

describe.each(disks)('$name', ({ open, here }) => {
  const test = here ? runs : runs.skip;
  const start = processes();
  let disk: Disk;
  beforeEach(async () => {
    disk = await open();
  });
  afterEach(() => disk.remove());

  const run = (...under: string[]) => start(disk.folder, unlimited, [...disk.under(), ...under]);

  async function login(detent: Started, headers: Environment = {}): Promise<string> {
    const { status, body } = await detent.post('/logins', { username, password }, headers);
    expect(status).toBe(201);
    return String(body['loginId']);
  }

  test('what cannot be written is refused and not counted, what is there is shown, and with room all goes on', async () => {
    await seeded();
    const detent = await run();
    const [first, second, keyed] = [await login(detent), await login(detent), { 'idempotency-key': 'one' }];
    const created = await detent.post('/logins', { username, password }, keyed);
    const [code, other] = [await codeOf(detent, first), await codeOf(detent, second)];
    const { body } = await detent.post(`/logins/${second}/otp`, { code: other });
    const session = { authorization: `Bearer ${(body['session'] as JsonObject)['token']}` };
    await detent.post('/dev/clock', { advanceSeconds: 31 });
    const pending = await failingSms(detent);

    disk.fill(0, detent);
    const refused = { status: 503, body: { type: 'urn:detent:problem:try-again' } };
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => detent.post('/logins', { username, password })),
      detent.post('/logins', { username, password: 'wrong' }),
      detent.post(`/logins/${first}/otp`, { code: wrongCode(code) }),
      detent.post(`/logins/${first}/otp`, { code }),
      detent.post(`/logins/${first}/resend`),
      detent.send('DELETE', `/logins/${first}`),
      detent.send('DELETE', '/session', undefined, session),
      detent.post('/dev/clock', { advanceSeconds: 1 }),
      detent.post('/dev/users', { ...user, username: 'another' }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(refused);
    const view = { status: 200, body: { state: 'WaitForOtpInput', attemptsLeft: 3, resendsLeft: 3 } };
    expect(await detent.get(`/logins/${first}`)).toMatchObject(view);
    expect(await detent.get('/session', session)).toMatchObject({ status: 200 });
    expect(await detent.get('/dev/sms')).toMatchObject({ status: 200 });
    expect(await detent.post('/logins', { username, password }, keyed)).toEqual(created);
    while (!detent.output.stderr.includes(`"subject":"mfa-login#${pending}"`)) await pause(20);
    // Enough for the first pages of a commit, not for all of it.
    disk.fill(6_000, detent);
    expect(await detent.post('/logins', { username, password })).toMatchObject(refused);

    disk.empty(detent);
    expect(await codeOf(detent, pending)).toMatch(/^\d{6}$/);
    expect(await detent.post(`/logins/${first}/otp`, { code: wrongCode(code) })).toMatchObject({
      status: 401,
      body: { attemptsLeft: 2 },
    });
    expect((await detent.post(`/logins/${first}/resend`)).status).toBe(202);
    expect((await detent.post(`/logins/${first}/otp`, { code })).status).toBe(200);
    expect((await detent.send('DELETE', '/session', undefined, session)).status).toBe(204);
    expect(await codeOf(detent, await login(detent))).toMatch(/^\d{6}$/);
    const { code: exit, stderr } = await detent.stop();
    expect(exit).toBe(0);
    for (const line of stderr.split('\n').filter(Boolean)) expect(line).toMatch(/disk|"type":"unavailable"/);
    expectQuotaAsAsked();
  });

  /** A login whose SMS failed for now, and is to be tried again in a moment. */
  async function failingSms(detent: Started): Promise<string> {
    await detent.post('/dev/faults', { sms: 'transient' });
    const loginId = await login(detent);
    for (let next: unknown; next === undefined; ) {
      const { body } = await detent.get(`/dev/flows/mfa-login/${loginId}`);
      const [entry] = body['entries'] as unknown as { delivery: { [id: string]: { nextAt?: string } } }[];
      next = entry?.delivery[`${loginId}/1/1`]?.nextAt;
      await pause(10);
    }
    await detent.post('/dev/faults', { sms: 'none' });
    await detent.post('/dev/clock', { advanceSeconds: 14.7 });
    return loginId;
  }

  /** A folder with one user, made elsewhere and brought here. */
  async function seeded(): Promise<void> {
    const { path, remove } = temporaryFolder();
    await seed(path, user);
    cpSync(path, disk.seen, { recursive: true });
    remove();
  }

  /** In the file: so many SMS were taken from the quota as entries ask for; a part of a transition would be seen here. */
  function expectQuotaAsAsked(): void {
    const { path, remove } = temporaryFolder();
    cpSync(join(disk.seen, 'detent.db'), join(path, 'detent.db'));
    const db = openDataFile(join(path, 'detent.db'));
    const entries = db.prepare(`SELECT count(*) AS n FROM items WHERE sk LIKE 'entry#%'`).get()?.['n'];
    const quota = db.prepare(`SELECT body FROM items WHERE tbl = 'quotas'`).all();
    db.close();
    remove();
    expect(quota.map(({ body }) => JSON.parse(String(body)))).toMatchObject([
      { hourLeft: 100_000 - Number(entries) },
    ]);
  }

  test('it can be stopped, started and killed on it, its log included, and nothing that was answered is lost', async () => {
    await seeded();
    const first = await run(...loggingTo('log'));
    const loginId = await login(first);
    const code = await codeOf(first, loginId);
    const refused = async (detent: Started) =>
      expect((await detent.post('/logins', { username, password })).status).toBe(503);
    disk.fill(6_000, first);
    await refused(first);
    await refused(first);
    expect((await first.stop()).code).toBe(0);

    disk.fill(0);
    const second = await run();
    expect((await second.get(`/logins/${loginId}`)).body).toMatchObject({ attemptsLeft: 3 });
    await refused(second);
    await second.stop('SIGKILL');

    disk.empty();
    const third = await run();
    expect((await third.post(`/logins/${loginId}/otp`, { code })).status).toBe(200);
    expect((await third.stop()).code).toBe(0);
  });

  /** Sends stderr to a file of this name on the disk, which is longer than all others and whose last page has no room. */
  function loggingTo(name: string): string[] {
    writeFileSync(join(disk.seen, name), Buffer.alloc(100 * 4_096));
    return ['sh', '-c', `exec "$@" 2>> ${join(disk.folder, name)}`, 'sh'];
  }

  test('a new folder is refused in one line, and begun once there is room', async () => {
    disk.fill(8_192);
    const { code, stdout, stderr } = await refuse(disk.folder, {}, 20_000, disk.under());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Detent cannot start\. \/.+detent\.db.+disk[^\n]+\n$/);
    disk.empty();
    expect(readdirSync(disk.seen)).toEqual([]);
    await run();
  });
});
