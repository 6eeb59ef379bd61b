/** The login on AWS, from outside: what a client sees, what arrives on the phone, what the tables and logs hold afterwards. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { recordKey } from '../../../core/flow.ts';
import { actionsOf, flowSettings } from '../../../flows/index.ts';
import { testSettings } from '../emulator/test-deployment.ts';
import { newUser, tableOf } from '../support/clients.ts';
import { type Deployment, deployment, type FunctionName } from '../support/deployment.ts';
import { post, postPatiently, type Reply, send } from '../support/http.ts';
import { linesOf, logGroupOf, logGroupsOf } from '../support/logs.ts';
import { codeOn, messagesTo } from '../support/phone.ts';

const { resendCooldownSeconds, sessionSeconds } = testSettings;
/** Names of this run: in an account that lives on, the users of earlier ones are there. */
const run = `${process.pid}-${Date.now()}`;
const suiteBegan = new Date().toISOString();

/** Everything that was said here and that no log may hold. */
const spoken = {
  passwords: new Set<string>(),
  phones: new Set<string>(),
  codes: new Set<string>(),
  tokens: new Set<string>(),
};

let deployed: Deployment;
let expiring: ReturnType<typeof begin>;
beforeAll(async () => {
  deployed = await deployment();
  // It waits for most of a minute, or more: the other tests run meanwhile.
  expiring = begin('expiring');
  await expiring;
});

async function userNamed(name: string) {
  const user = await newUser(deployed, `${name}-${run}`);
  spoken.passwords.add(user.password);
  spoken.phones.add(user.phone);
  return user;
}

/** A login of a new user that waits for its code. */
async function begin(name: string) {
  const { username, password, phone } = await userNamed(name);
  const begun = await postPatiently(deployed, '/logins', { username, password });
  expect(begun).toMatchObject({ status: 201, body: { state: 'WaitForOtpInput' } });
  return { username, password, phone, begun, path: `/logins/${begun.body['loginId']}` };
}

/** The code in the nth SMS. */
async function codeFor(phone: string, count?: number, patienceMs?: number): Promise<string> {
  const code = await codeOn(phone, count, patienceMs);
  spoken.codes.add(code);
  return code;
}

function otherThan(code: string, by = 1): string {
  const other = String((Number(code) + by) % 1_000_000).padStart(6, '0');
  spoken.codes.add(other);
  return other;
}

const submit = (path: string, code: string, key?: string) =>
  postPatiently(deployed, `${path}/otp`, { code }, key);

function tokenIn({ body }: Reply): string {
  const { token } = body['session'] as { token: string };
  spoken.tokens.add(token);
  return token;
}

const withToken = (method: string, token: string) =>
  send(deployed, method, '/session', { headers: { authorization: `Bearer ${token}` } });

const problem = (status: number, name: string, members = {}) => ({
  status,
  body: { type: `urn:detent:problem:${name}`, status, ...members },
});

const stateOf = async (path: string) => (await send(deployed, 'GET', path)).body['state'];

const recordOf = (path: string) => tableOf(deployed).read(recordKey('mfa-login', idIn(path)));
const idIn = (path: string): string => path.split('/')[2] ?? '';

/** Id of the login whose lines are looked for. */
let whole: string;

test('a whole login: the code by SMS, a session that anybody can verify, and its end', async () => {
  const { username, phone, begun, path } = await begin('whole');
  whole = idIn(path);
  expect(begun.body).toEqual({
    loginId: whole,
    state: 'WaitForOtpInput',
    phone: `+1${'•'.repeat(7)}${phone.slice(-4)}`,
    expiresAt: expect.any(String),
    attemptsLeft: 3,
    resendsLeft: 3,
    resendAvailableAt: expect.any(String),
  });
  expect(await send(deployed, 'GET', path)).toMatchObject({ status: 200, body: begun.body });

  const code = await codeFor(phone);
  const done = await submit(path, code);
  expect(done).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
  const token = tokenIn(done);
  const keys = createRemoteJWKSet(new URL(`${deployed.apiUrl}/.well-known/jwks.json`));
  const asked = { issuer: 'detent', audience: 'detent', algorithms: ['ES256'] };
  const { payload } = await jwtVerify(token, keys, asked);
  expect(payload).toMatchObject({ sub: username, jti: whole, amr: ['pwd', 'otp', 'sms'] });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(sessionSeconds);
  const session = await withToken('GET', token);
  expect(session).toMatchObject({ status: 200 });
  expect(session.body).toEqual({
    sub: username,
    loginId: whole,
    expiresAt: new Date(1000 * Number(payload.exp)).toISOString(),
  });
  expect(await submit(path, code)).toMatchObject(problem(409, 'wrong-state', { state: 'LoggedIn' }));

  const [head, claims, signature] = token.split('.');
  const changed = JSON.stringify({ ...payload, sub: 'somebody-else' });
  const forged = [head, Buffer.from(changed).toString('base64url'), signature].join('.');
  await expect(jwtVerify(forged, keys, asked)).rejects.toThrow('signature verification failed');
  expect(claims).not.toBe(forged.split('.')[1]);
  expect(await withToken('GET', forged)).toMatchObject(problem(401, 'invalid-session'));

  expect(await withToken('DELETE', token)).toMatchObject({ status: 204 });
  // The token is good for itself; its session is not.
  await jwtVerify(token, keys, asked);
  expect(await withToken('GET', token)).toMatchObject(problem(401, 'invalid-session'));
  expect(await withToken('DELETE', token)).toMatchObject(problem(401, 'invalid-session'));
  expect(await recordOf(path)).toMatchObject({ state: 'LoggedOut', version: 3 });
  expect(await messagesTo(phone)).toHaveLength(1);
});

test('a wrong password, and a name that nobody has, get the same answer', async () => {
  const { username } = await userNamed('mistaken');
  const password = `not-the-pass-phrase-${run}`;
  spoken.passwords.add(password);
  const wrong = await post(deployed, '/logins', { username, password });
  const unknown = await post(deployed, '/logins', { username: `nobody-${run}`, password });
  expect(wrong).toMatchObject(problem(401, 'invalid-credentials'));
  expect(unknown).toMatchObject({ status: 401, body: wrong.body });
});

test('wrong codes lock the login, and the right one does not open it again', async () => {
  const { phone, path } = await begin('locked');
  const code = await codeFor(phone);
  const invalid = (attemptsLeft: number) => problem(401, 'otp-invalid', { attemptsLeft });
  expect(await submit(path, otherThan(code, 1))).toMatchObject(invalid(2));
  expect(await submit(path, otherThan(code, 2))).toMatchObject(invalid(1));
  expect(await submit(path, otherThan(code, 3))).toMatchObject(problem(423, 'locked'));
  expect(await submit(path, code)).toMatchObject(problem(423, 'locked'));
  expect(await stateOf(path)).toBe('Locked');
  // What is refused writes nothing.
  expect(await recordOf(path)).toMatchObject({ state: 'Locked', version: 4 });
});

test('a code is sent again after the cool-down, and is the same', async () => {
  const { phone, path } = await begin('resent');
  const early = await post(deployed, `${path}/resend`);
  expect(early).toMatchObject(problem(429, 'resend-too-early'));
  const seconds = Number(early.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(resendCooldownSeconds);
  const code = await codeFor(phone);
  await wait(1000 * seconds);
  const resent = await post(deployed, `${path}/resend`);
  expect(resent).toMatchObject({ status: 202, body: { state: 'WaitForOtpInput', resendsLeft: 2 } });
  expect(await codeFor(phone, 2)).toBe(code);
  expect(await submit(path, code)).toMatchObject({ status: 200 });
  expect(await messagesTo(phone)).toHaveLength(2);
});

test('a login that is cancelled takes no code', async () => {
  const { phone, path } = await begin('cancelled');
  const code = await codeFor(phone);
  const cancelled = await send(deployed, 'DELETE', path);
  expect(cancelled).toMatchObject({ status: 200, body: { state: 'Cancelled' } });
  expect(await submit(path, code)).toMatchObject(problem(409, 'wrong-state', { state: 'Cancelled' }));
  expect(await stateOf(path)).toBe('Cancelled');
});

test('a request is done once, however often its Idempotency-Key comes', async () => {
  const { username, password, phone } = await userNamed('repeated');
  const key = randomUUID();
  const ask = (body: object) => postPatiently(deployed, '/logins', body, key);
  const [first, second] = await Promise.all([ask({ username, password }), ask({ username, password })]);
  expect(first).toMatchObject({ status: 201 });
  expect([second.status, second.body]).toEqual([first.status, first.body]);

  const path = `/logins/${first.body['loginId']}`;
  const code = await codeFor(phone);
  const otpKey = randomUUID();
  const codes = await Promise.all([submit(path, code, otpKey), submit(path, code, otpKey)]);
  codes.push(await submit(path, code, otpKey));
  const claims = codes.map((reply) => {
    expect(reply).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
    return Buffer.from(tokenIn(reply).split('.')[1] ?? '', 'base64url').toString();
  });
  expect(new Set(claims).size).toBe(1);
  expect(await submit(path, otherThan(code), otpKey)).toMatchObject(problem(422, 'key-reused'));

  const later = await ask({ username, password });
  expect([later.status, later.body]).toEqual([first.status, first.body]);
  const otherBody = await ask({ username, password: `${password}-changed` });
  expect(otherBody).toMatchObject(problem(422, 'key-reused'));
  spoken.passwords.add(`${password}-changed`);
  expect(await messagesTo(phone)).toHaveLength(1);
  expect(await recordOf(path)).toMatchObject({ state: 'LoggedIn', version: 2 });
});

/** Every request at once is a process of the emulator's that starts: more of them than this only time out. */
const AT_ONCE = 10;

async function someAtOnce<T, R>(all: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = all.entries();
  const worker = async () => {
    for (const [index, one] of left) results[index] = await work(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

test('50 logins at once: each gets in, by one SMS', async () => {
  const users = await Promise.all(Array.from({ length: 50 }, (_, n) => userNamed(`crowd-${n}`)));
  expect(new Set(users.map(({ phone }) => phone)).size).toBe(50);
  const began = Date.now();
  const begun = await someAtOnce(users, async ({ username, password, phone }) => {
    const reply = await postPatiently(deployed, '/logins', { username, password });
    return { phone, path: `/logins/${reply.body['loginId']}`, status: reply.status };
  });
  const coded = await Promise.all(
    begun.map(async (login) => ({ ...login, code: await codeFor(login.phone) })),
  );
  const done = await someAtOnce(coded, async ({ phone, path, status, code }) => {
    const ended = await submit(path, code);
    if (ended.status === 200) tokenIn(ended);
    return { phone, path, statuses: [status, ended.status] };
  });
  process.stdout.write(`50 logins at once, begun and finished: ${Date.now() - began} ms\n`);
  expect(done.map(({ statuses }) => statuses)).toEqual(users.map(() => [201, 200]));
  for (const { phone, path } of done) {
    expect(await messagesTo(phone)).toHaveLength(1);
    expect(await recordOf(path)).toMatchObject({ state: 'LoggedIn', version: 2 });
  }
}, 300_000);

test('a login that nobody finishes expires by itself: the schedule calls the reconciler', async () => {
  const { phone, path, begun } = await expiring;
  const code = await codeFor(phone);
  const expiresAt = Date.parse(String(begun.body['expiresAt']));
  // Every minute, and a pass takes a moment.
  const until = expiresAt + 75_000;
  while ((await stateOf(path)) === 'WaitForOtpInput' && Date.now() < until) await wait(500);
  expect(await stateOf(path)).toBe('OtpExpired');
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  const { trail, ...record } = (await recordOf(path)) as { trail?: { type: string }[] };
  expect(record).toMatchObject({ state: 'OtpExpired', version: 2 });
  expect(trail?.at(-1)).toMatchObject({ eventId: `${idIn(path)}/1/deadline`, type: 'DeadlinePassed' });
  expect(await submit(path, code)).toMatchObject(problem(410, 'otp-expired'));
  expect(await recordOf(path)).toMatchObject({ version: 2 });
});

describe('the logs of all this', () => {
  /** What the functions wrote themselves: objects, those of Lambda and Node are text. */
  interface Line {
    timestamp?: string;
    function_request_id?: string;
    correlation_id?: string;
    [field: string]: unknown;
  }
  const lines: { [group: string]: string[] } = {};
  beforeAll(async () => {
    for (const [logical, name] of await logGroupsOf('Detent-dev')) lines[logical] = await linesOf(name);
  });
  const written = async (name: FunctionName): Promise<Line[]> => {
    const all = await linesOf(await logGroupOf(deployed.functions[name]));
    return all.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
  };
  const ofLogin = ['api', 'verifyPassword', 'sendOtpSms', 'relay', 'verifyOtp', 'mintSession'] as const;

  test('no password, code, token or whole phone number is in any log group of the stack', () => {
    // MiniStack writes neither access logs nor those of executions: these groups are empty there, and not on AWS.
    const groups = Object.keys(lines).sort();
    const others = ['Api', 'EffectsRelay', 'Intake', 'Reconciler', 'SmsRelay', 'Webhooks'];
    expect(groups.map((group) => group.replace(/Logs[0-9A-F]{8}$/, ''))).toEqual(
      [
        ...actionsOf(flowSettings()).map(({ name }) => name),
        ...others.map((name) => `${name}Function`),
        ...['ApiAccess', 'Checkout', 'MfaLogin', 'Payment', 'SecretsInitSigningKey'],
      ].sort(),
    );
    const { passwords, phones, codes, tokens } = spoken;
    expect([passwords, phones, codes, tokens].map(({ size }) => size >= 50)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const values = [...passwords, ...[...phones].map((phone) => phone.slice(1)), ...tokens];
    // Of a token, the signature alone would do.
    values.push(...[...tokens].map((token) => token.split('.')[2] ?? token));
    const found = Object.entries(lines).flatMap(([group, all]) =>
      all
        .filter(
          (line) =>
            values.some((value) => line.includes(value)) ||
            // A number of six digits within a longer one, or within an id, is no code.
            (line.match(/(?<![A-Za-z0-9])\d{6}(?![A-Za-z0-9])/g) ?? []).some((number) => codes.has(number)),
        )
        .map((line) => `${group}: ${line}`),
    );
    expect(found).toEqual([]);
  });

  test.each(ofLogin)('every line of %s names its login as correlation_id', async (name) => {
    const all = await written(name);
    const own = all.filter(({ correlation_id: id }) => id === whole);
    expect(own.length).toBeGreaterThan(0);
    // Whatever else speaks of this login, or was written in the same invocation, has its id too.
    const requests = new Set(own.map(({ function_request_id: id }) => id).filter((id) => id !== undefined));
    expect(requests.size).toBeGreaterThan(0);
    const about = all.filter(
      (line) => JSON.stringify(line).includes(whole) || requests.has(line.function_request_id ?? ''),
    );
    expect(about).toEqual(own);
    // Other suites make things fail that belong to no login.
    const since = all.filter(({ timestamp = '' }) => timestamp >= suiteBegan);
    expect(since.length).toBeGreaterThan(0);
    expect(since.filter(({ correlation_id: id }) => id === undefined)).toEqual([]);
  });

  test('the API counts the events that it applied, in lines that CloudWatch takes for metrics', async () => {
    const metrics = (await written('api')).filter(
      (line) => 'EventApplied' in line && line.correlation_id === whole,
    );
    expect(metrics).toEqual(
      ['LoginRequested', 'OtpSubmitted', 'LogoutRequested'].map((event) =>
        expect.objectContaining({
          ...{ service: 'detent', flow: 'mfa-login', event, EventApplied: 1 },
          _aws: {
            Timestamp: expect.any(Number),
            CloudWatchMetrics: [
              expect.objectContaining({
                Namespace: 'Detent',
                Metrics: [{ Name: 'EventApplied', Unit: 'Count' }],
              }),
            ],
          },
        }),
      ),
    );
  });
});
