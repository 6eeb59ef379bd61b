/** The process: how it starts, how it stops, and what it tells whom. */

import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { PAGES } from '../../local/pages.ts';
import { demoUser } from '../../local/users.ts';
import { codeOf, processes, refuse, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const { username, password } = demoUser;
const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const run = (environment = {}) => start(folder.path, environment);

async function login(detent: Started): Promise<string> {
  const { status, body } = await detent.post('/logins', { username, password });
  expect(status).toBe(201);
  return String(body['loginId']);
}

test('the ready line comes first, then what to open, and that is all it prints; a login runs from start to finish', async () => {
  const detent = await run();
  const loginId = await login(detent);
  const done = await detent.post(`/logins/${loginId}/otp`, { code: await codeOf(detent, loginId) });
  expect(done.status).toBe(200);
  const { token } = done.body['session'] as JsonObject;
  const session = await detent.get('/session', { authorization: `Bearer ${token}` });
  expect(session).toMatchObject({ status: 200, body: { sub: username, loginId } });
  const { code, stdout, stderr } = await detent.stop();
  const [ready, ...open] = stdout.trimEnd().split('\n');
  expect({ code, ready, stderr }).toEqual({ code: 0, ready: `ready ${detent.url}`, stderr: '' });
  expect(open.map((line) => line.trim().split(/ +/))).toEqual(
    PAGES.map(([name, path]) => [name, `${detent.url}${path}`]),
  );
});

test('the address shows the login page, or how the pages are built, on loopback only', async () => {
  const detent = await run();
  const page = await fetch(detent.url);
  expect(page.status).toBe(200);
  expect(await page.text()).toMatch(/<title>Sign in|npm run build:client/);
  const elsewhere = connect({ host: '127.0.0.2', port: Number(new URL(detent.url).port) });
  const [error] = await once(elsewhere, 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('all is there again after a stop and a start', async () => {
  const first = await run();
  const loginId = await login(first);
  const code = await codeOf(first, loginId);
  await first.post('/dev/clock', { advanceSeconds: 100 });
  const { body: view } = await first.get(`/logins/${loginId}`);
  const { body: before } = await first.post('/dev/clock', { advanceSeconds: 0 });
  await first.stop();

  const second = await run();
  const { body: after } = await second.post('/dev/clock', { advanceSeconds: 0 });
  expect(Date.parse(String(after['now']))).toBeGreaterThan(Date.parse(String(before['now'])));
  expect((await second.get(`/logins/${loginId}`)).body).toEqual(view);
  expect((await second.post(`/logins/${loginId}/otp`, { code })).status).toBe(200);
});

test('deadlines pass by themselves', async () => {
  const detent = await run();
  const loginId = await login(detent);
  await detent.post('/dev/clock', { advanceSeconds: 299.8 });
  await expect(stateAfter(detent, loginId, 'WaitForOtpInput')).resolves.toBe('OtpExpired');
});

async function stateAfter(detent: Started, loginId: string, state: string): Promise<unknown> {
  for (;;) {
    const { body } = await detent.get(`/logins/${loginId}`);
    if (body['state'] !== state) return body['state'];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a signal in the moment of the ready line is obeyed; a second one changes nothing', async () => {
  const detent = await run();
  detent.child.kill('SIGINT');
  expect(await detent.stop('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
});

describe('what it cannot work with: one clear line, exit 1', () => {
  const expectRefusal = async (environment: { [variable: string]: string }, names: RegExp) => {
    const { code, stdout, stderr } = await refuse(folder.path, environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Detent cannot start\. .+\n$/);
    expect(stderr).toMatch(names);
  };

  test('a bad PORT, a bad SMS_QUOTA_PER_PHONE', async () => {
    await Promise.all([
      expectRefusal({ PORT: '65536' }, /PORT must be a whole number from 0 to 65535/),
      expectRefusal({ SMS_QUOTA_PER_PHONE: '0' }, /SMS_QUOTA_PER_PHONE must be a whole number from 1/),
    ]);
  });

  test('an occupied port', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expectRefusal({ PORT: String(port) }, /port is in use/);
    other.close();
  });
});

test('another gateway goes by its own time: a clock that was moved does not meet it, and is not moved beside it', async () => {
  const elsewhere = { GATEWAY_URL: 'http://127.0.0.1:9', GATEWAY_KEY: 'sk_test_1' };
  const first = await run(elsewhere);
  const moved = await first.post('/dev/clock', { advanceSeconds: 1 });
  expect(moved).toMatchObject({ status: 409 });
  const broken = await first.post('/dev/faults', { gateway: 'transient' });
  expect(broken).toMatchObject({ status: 409 });
  expect(await first.post('/dev/faults', { sms: 'none' })).toMatchObject({ status: 200 });
  await first.stop();

  const second = await run();
  await second.post('/dev/clock', { advanceSeconds: 1 });
  await second.stop();
  const { code, stderr } = await refuse(folder.path, elsewhere);
  expect(code).toBe(1);
  expect(stderr).toContain('Set DATA_DIR to another folder');
});
