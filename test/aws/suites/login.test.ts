/** Whole logins through the deployed API, with the SMS that the emulator's SNS was given. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { testSettings } from '../emulator/test-deployment.ts';
import { setCodeSeconds } from '../support/code-seconds.ts';
import { forAll, patiently } from '../support/crowd.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { post, type Reply, send } from '../support/http.ts';
import {
  type Begun,
  begin,
  begun,
  finish,
  named,
  user as newUser,
  otherThan,
  recordOf,
  submit,
} from '../support/logins.ts';
import { linesOf, logGroups } from '../support/logs.ts';
import { codeOn, messagesTo } from '../support/phone.ts';
import { until } from '../support/until.ts';

const CROWD = 50;
/** The emulator starts a process for each call under way, which AWS does elsewhere: more are too many for two cores. */
const IN_FLIGHT = 10;
/** So that a slow machine does not let codes expire: only the first login has the short time of the deployment. */
const PATIENT_SECONDS = 300;

let deployed: Deployment;
/** It waits for its end while the others run. */
let expiring: Begun;
/** What no log line may hold. */
const secret = { words: new Set<string>(), codes: new Set<string>() };

beforeAll(async () => {
  deployed = await deployment();
  expiring = await start('login-expiring');
  await setCodeSeconds(deployed, PATIENT_SECONDS);
});
afterAll(() => setCodeSeconds(deployed, testSettings.codeSeconds));

async function start(username: string): Promise<Begun> {
  const login = await begun(deployed, username);
  for (const word of [login.password, login.phone, login.phone.slice(1)]) secret.words.add(word);
  return login;
}

async function codeOf({ phone }: Pick<Begun, 'phone'>, count = 1): Promise<string> {
  const code = await codeOn(phone, count);
  secret.codes.add(code);
  return code;
}

const session = (method: string, token: string) =>
  send(deployed, method, '/session', { headers: { authorization: `Bearer ${token}` } });

/** The token of an answer, which is remembered for the logs. */
function tokenOf({ body }: Reply): string {
  const { token } = body['session'] as { token: string };
  // Its claims are no secret; its signature is.
  for (const word of [token, token.split('.').at(-1) ?? '']) secret.words.add(word);
  return token;
}

const problem = (status: number, name: string) => ({
  status,
  body: { status, type: expect.stringMatching(new RegExp(`[:/]${name}$`)) },
});

test('a login, its session, and the logout', async () => {
  const { loginId, username, phone } = await start('login-whole');
  const shown = await send(deployed, 'GET', `/logins/${loginId}`);
  expect(shown).toMatchObject({
    status: 200,
    body: {
      ...{ loginId, state: 'WaitForOtpInput', attemptsLeft: 3, resendsLeft: 3 },
      phone: `+1•••••••${phone.slice(-4)}`,
    },
  });

  const done = await submit(deployed, loginId, await codeOf({ phone }));
  expect(done).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
  const token = tokenOf(done);

  const keys = await send(deployed, 'GET', '/.well-known/jwks.json');
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createLocalJWKSet(keys.body as unknown as JSONWebKeySet),
    { issuer: 'detent', audience: 'detent', algorithms: ['ES256'] },
  );
  expect(payload).toMatchObject({ sub: username, jti: loginId, amr: ['pwd', 'otp', 'sms'] });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(testSettings.sessionSeconds);
  expect(protectedHeader.alg).toBe('ES256');

  expect(await session('GET', token)).toMatchObject({ status: 200, body: { sub: username, loginId } });
  expect(await session('DELETE', token)).toMatchObject({ status: 204 });
  expect(await session('GET', token)).toMatchObject(problem(401, 'invalid-session'));
  expect(await session('DELETE', token)).toMatchObject(problem(401, 'invalid-session'));
  expect(await messagesTo(phone)).toHaveLength(1);
});

test('wrong codes lock a login, for the right code too', async () => {
  const { loginId, phone } = await start('login-guessing');
  const code = await codeOf({ phone });
  for (const attemptsLeft of [2, 1]) {
    const answer = await submit(deployed, loginId, otherThan(code));
    expect(answer).toMatchObject(problem(401, 'otp-invalid'));
    expect(answer.body).toMatchObject({ attemptsLeft });
  }
  expect(await submit(deployed, loginId, otherThan(code))).toMatchObject(problem(423, 'locked'));
  expect(await submit(deployed, loginId, code)).toMatchObject(problem(423, 'locked'));
  expect(await recordOf(deployed, loginId)).toMatchObject({ state: 'Locked', version: 4 });
});

test('a wrong password sends nothing', async () => {
  const user = await newUser(deployed, 'login-wrong-password');
  const answer = await begin(deployed, { ...user, password: 'some-other-phrase' });
  expect(answer).toMatchObject(problem(401, 'invalid-credentials'));
  await wait(1_500);
  expect(await messagesTo(user.phone)).toEqual([]);
});

test('the code is sent again, the same one, after the cool-down', async () => {
  const login = await start('login-resend');
  const path = `/logins/${login.loginId}/resend`;
  const code = await codeOf(login);
  const early = await post(deployed, path);
  expect(early).toMatchObject(problem(429, 'resend-too-early'));
  const seconds = Number(early.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(testSettings.resendCooldownSeconds);

  await wait(1_000 * seconds);
  expect(await post(deployed, path)).toMatchObject({ status: 202, body: { resendsLeft: 2 } });
  expect(await codeOf(login, 2)).toBe(code);
  tokenOf(await finish(deployed, login));
  expect(await messagesTo(login.phone)).toHaveLength(2);
});

test('a cancelled login takes no code', async () => {
  const login = await start('login-cancelled');
  const code = await codeOf(login);
  const path = `/logins/${login.loginId}`;
  expect(await send(deployed, 'DELETE', path)).toMatchObject({ status: 200, body: { state: 'Cancelled' } });
  const answer = await submit(deployed, login.loginId, code);
  expect(answer).toMatchObject(problem(409, 'wrong-state'));
  expect(answer.body).toMatchObject({ state: 'Cancelled' });
});

test('an Idempotency-Key: twice at once and once later are one', async () => {
  const user = await newUser(deployed, 'login-idempotent');
  const [first, second] = await Promise.all(
    [named('at-once'), named('at-once')].map((key) => begin(deployed, user, key)),
  );
  const later = await begin(deployed, user, named('at-once'));
  expect(first).toMatchObject({ status: 201, body: { state: 'WaitForOtpInput' } });
  for (const again of [second, later]) {
    expect({ status: again?.status, body: again?.body }).toEqual({ status: 201, body: first?.body });
  }
  const other = { ...user, password: 'some-other-phrase' };
  expect(await begin(deployed, other, named('at-once'))).toMatchObject(problem(422, 'key-reused'));

  const loginId = String(first?.body['loginId']);
  const code = await codeOf(user);
  const answers = await Promise.all(
    [named('code'), named('code')].map((key) => submit(deployed, loginId, code, key)),
  );
  answers.push(await submit(deployed, loginId, code, named('code')));
  const sessions = answers.map(({ status, body }) => ({
    status,
    expiresAt: Object(body['session']).expiresAt,
  }));
  expect(sessions[0]).toEqual({ status: 200, expiresAt: expect.any(String) });
  expect(sessions).toEqual([sessions[0], sessions[0], sessions[0]]);
  answers.map(tokenOf);
  expect(await submit(deployed, loginId, otherThan(code), named('code'))).toMatchObject(
    problem(422, 'key-reused'),
  );
  expect(await recordOf(deployed, loginId)).toMatchObject({ state: 'LoggedIn', version: 2 });
  expect(await messagesTo(user.phone)).toHaveLength(1);
});

test(`${CROWD} logins at once, begun and finished`, async () => {
  const names = Array.from({ length: CROWD }, (_, index) => `login-crowd-${index}`);
  const users = await Promise.all(names.map((name) => newUser(deployed, name)));
  expect(new Set(users.map(({ phone }) => phone)).size).toBe(CROWD);

  const from = performance.now();
  const begins = await forAll(users, IN_FLIGHT, (user) =>
    patiently(() => begin(deployed, user, `begin-${user.username}`)),
  );
  const begunAfter = performance.now() - from;
  expect(begins.map(({ status }) => status)).toEqual(Array(CROWD).fill(201));
  const logins = users.map((user, index) => ({ ...user, loginId: String(begins[index]?.body['loginId']) }));
  expect(new Set(logins.map(({ loginId }) => loginId)).size).toBe(CROWD);
  const codes: string[] = [];
  for (const login of logins) codes.push(await codeOf(login));
  const sentAfter = performance.now() - from;
  const ends = await forAll(logins, IN_FLIGHT, ({ loginId, username }, index) =>
    patiently(() => submit(deployed, loginId, codes[index] ?? '', `end-${username}`)),
  );
  const doneAfter = performance.now() - from;
  expect(ends.map(({ status }) => status)).toEqual(Array(CROWD).fill(200));

  for (const end of ends) tokenOf(end);
  for (const { password, phone } of users) for (const word of [password, phone]) secret.words.add(word);
  const records = await Promise.all(logins.map(({ loginId }) => recordOf(deployed, loginId)));
  expect(records.map(({ state, version }) => `${state} ${version}`)).toEqual(Array(CROWD).fill('LoggedIn 2'));
  const messages = await Promise.all(users.map(({ phone }) => messagesTo(phone)));
  expect(messages.map(({ length }) => length)).toEqual(Array(CROWD).fill(1));
  const [all, sent, done] = [begunAfter, sentAfter, doneAfter].map((ms) => (ms / 1000).toFixed(1));
  process.stdout.write(
    `\n${CROWD} logins at once: begun after ${all} s, all SMS after ${sent} s, done after ${done} s\n`,
  );
});

test('a login that nobody finishes expires, by the schedule alone', async () => {
  const state = async () => (await recordOf(deployed, expiring.loginId)).state;
  // Its 30 s, the minute of the schedule, and one pass. Nobody calls the reconciler here.
  await until('the login is OtpExpired', async () => (await state()) === 'OtpExpired', 110_000);
  const code = await codeOf(expiring);
  expect(await submit(deployed, expiring.loginId, code)).toMatchObject(problem(410, 'otp-expired'));
  expect(await recordOf(deployed, expiring.loginId)).toMatchObject({ version: 2 });
});

test('no log line holds a password, a code, a token or a phone number', async () => {
  const groups = await logGroups(deployed);
  const lines = (await Promise.all(groups.map(linesOf))).flat();
  // The logs are there, and speak of these logins.
  expect(lines.filter((line) => line.includes(`${expiring.loginId}/1/1`)).length).toBeGreaterThan(0);
  expect(secret.codes.size).toBeGreaterThan(CROWD / 2);
  expect(secret.words.size).toBeGreaterThan(CROWD);
  const words = [...secret.words];
  // As a word of its own: six digits in a row are also in ids.
  const codes = new RegExp(`(?<![A-Za-z0-9])(${[...secret.codes].join('|')})(?![A-Za-z0-9])`);
  const telling = lines.filter((line) => codes.test(line) || words.some((word) => line.includes(word)));
  expect(telling).toEqual([]);
});
