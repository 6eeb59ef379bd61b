/** The header Idempotency-Key, on every POST of the login. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { demoUser } from '../../local/users.ts';
import {
  bearer,
  expectProblem,
  type Http,
  json,
  openHttp,
  type Reply,
  restarted,
  withKey,
} from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const { username, password } = demoUser;
const login = (key: string, fields: JsonObject = { username, password }) =>
  http.post('/logins', fields, withKey(key));
const resend = (loginId: string, key: string) => http.post(`/logins/${loginId}/resend`, {}, withKey(key));
const same = (one: Reply, other: Reply) =>
  expect({ status: other.status, text: other.text }).toEqual({ status: one.status, text: one.text });
const session = ({ body }: Reply) => body['session'] as { token: string; expiresAt: string };
const claims = (reply: Reply) =>
  JSON.parse(Buffer.from(`${session(reply).token}`.split('.')[1] ?? '', 'base64url').toString());
const attemptsLeft = async (loginId: string) => (await http.get(`/logins/${loginId}`)).body['attemptsLeft'];
const atOnce = (count: number, request: () => Promise<Reply>) =>
  Promise.all(Array.from({ length: count }, request));

describe('the same request again gets the same answer', () => {
  test('201: the same login, one SMS', async () => {
    const first = await login('k');
    same(first, await login('k'));
    await http.code(String(first.body['loginId']));
    expect(await http.runtime.inbox.messages()).toHaveLength(1);
  });

  test('201 also after the login has moved on: the view as it was then', async () => {
    const first = await login('k');
    const loginId = String(first.body['loginId']);
    await http.submit(loginId, await http.wrong(loginId));
    same(first, await login('k'));
    await http.submit(loginId, await http.code(loginId));
    same(first, await login('k'));
  });

  test('also from another address, with the members in another order, and after a restart', async () => {
    const first = await login('k');
    http.from.address = '198.51.100.7';
    same(first, await login('k', { password, username }));
    http = await restarted(http);
    same(first, await http.post('/logins', { username, password }, withKey('k')));
  });

  test('401 invalid-credentials: one failure is counted', async () => {
    await http.close();
    http = await openHttp({ environment: { ACCOUNT_FAILURES_BEFORE_DELAY: '2' } });
    const wrong = { username, password: 'wrong' };
    const first = await login('k', wrong);
    expectProblem(first, 401, 'invalid-credentials');
    for (const _ of [1, 2, 3]) same(first, await login('k', wrong));
    expect((await http.post('/logins', { username, password })).status).toBe(201);
  });

  test('401 otp-invalid: one attempt is used', async () => {
    const loginId = await http.begin();
    const code = await http.wrong(loginId);
    const first = await http.submit(loginId, code, withKey('k'));
    expectProblem(first, 401, 'otp-invalid', { members: { attemptsLeft: 2 } });
    same(first, await http.submit(loginId, code, withKey('k')));
    expect(await attemptsLeft(loginId)).toBe(2);
    await http.submit(loginId, await http.wrong(loginId, 2), withKey('k2'));
    same(first, await http.submit(loginId, code, withKey('k')));
  });

  test('423 and 410', async () => {
    const locked = await http.begin();
    for (const step of [1, 2]) await http.submit(locked, await http.wrong(locked, step));
    const last = () => http.wrong(locked, 3).then((code) => http.submit(locked, code, withKey('k')));
    const first = await last();
    expectProblem(first, 423, 'locked');
    same(first, await last());

    const late = await http.begin();
    const code = await http.code(late);
    http.runtime.clock.advance(300_000);
    const expired = await http.submit(late, code, withKey('k'));
    expectProblem(expired, 410, 'otp-expired');
    same(expired, await http.submit(late, code, withKey('k')));
  });

  test('200: the same claims, another signature, both valid', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    const first = await http.submit(loginId, code, withKey('k'));
    await http.advance(5);
    const again = await http.submit(loginId, code, withKey('k'));
    expect(again.status).toBe(200);
    expect(claims(again)).toEqual(claims(first));
    expect(session(again).expiresAt).toBe(session(first).expiresAt);
    expect(session(again).token).not.toBe(session(first).token);
    for (const { token } of [session(first), session(again)])
      expect((await http.get('/session', bearer(token))).status).toBe(200);
  });

  test('202: one resend, one SMS', async () => {
    const loginId = await http.begin();
    await http.advance(30);
    const first = await resend(loginId, 'k');
    expect(first).toMatchObject({ status: 202, body: { resendsLeft: 2 } });
    await http.advance(60);
    same(first, await resend(loginId, 'k'));
    expect((await http.get(`/logins/${loginId}`)).body['resendsLeft']).toBe(2);
  });

  test('429 throttled, also some seconds later', async () => {
    await http.close();
    http = await openHttp({ environment: { SMS_QUOTA_PER_PHONE: '1' } });
    await http.begin();
    const first = await login('k');
    expectProblem(first, 429, 'throttled', { retryAfter: true });
    await http.advance(100);
    const again = await login('k');
    same(first, again);
    const seconds = ({ headers }: Reply) => Number(headers.get('retry-after'));
    expect(seconds(again)).toBeLessThanOrEqual(seconds(first) - 100);
  });
});

describe('while the first is still under way', () => {
  test('one login and one SMS for ten requests', async () => {
    const replies = await atOnce(10, () => login('k'));
    expect(replies[0]?.status).toBe(201);
    for (const reply of replies) same(replies[0] as Reply, reply);
    await http.code(String(replies[0]?.body['loginId']));
    expect(await http.runtime.inbox.messages()).toHaveLength(1);
  });

  test('one attempt for ten wrong codes', async () => {
    const loginId = await http.begin();
    const code = await http.wrong(loginId);
    const replies = await atOnce(10, () => http.submit(loginId, code, withKey('k')));
    for (const reply of replies) same(replies[0] as Reply, reply);
    expect(await attemptsLeft(loginId)).toBe(2);
  });

  test('one session for ten right codes', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    const replies = await atOnce(10, () => http.submit(loginId, code, withKey('k')));
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200));
    for (const reply of replies) expect(claims(reply)).toEqual(claims(replies[0] as Reply));
  });
});

describe('another request under the same key: 422 key-reused', () => {
  test('another password, another user', async () => {
    await login('k');
    expectProblem(await login('k', { username, password: 'other' }), 422, 'key-reused');
    expectProblem(await login('k', { username: 'other', password }), 422, 'key-reused');
    expect((await http.runtime.inbox.messages()).length).toBeLessThanOrEqual(1);
  });

  test('another code: no attempt is used, and the right one opens nothing', async () => {
    const loginId = await http.begin();
    await http.submit(loginId, await http.wrong(loginId), withKey('k'));
    for (const code of [await http.wrong(loginId, 2), await http.code(loginId)])
      expectProblem(await http.submit(loginId, code, withKey('k')), 422, 'key-reused');
    expect(await attemptsLeft(loginId)).toBe(2);
    expect(await http.stateOf(loginId)).toBe('WaitForOtpInput');
  });

  test('another operation on the same login', async () => {
    const loginId = await http.begin();
    await http.submit(loginId, await http.wrong(loginId), withKey('k'));
    await http.advance(30);
    expectProblem(await resend(loginId, 'k'), 422, 'key-reused');
  });
});

describe('what wrote nothing is not remembered', () => {
  test('429 resend-too-early: the same key is tried afresh', async () => {
    const loginId = await http.begin();
    expectProblem(await resend(loginId, 'k'), 429, 'resend-too-early', { retryAfter: true });
    await http.advance(30);
    expect((await resend(loginId, 'k')).status).toBe(202);
  });

  test('409 wrong-state: the same key may carry something else', async () => {
    const loginId = await http.begin();
    await http.del(`/logins/${loginId}`);
    const members = { state: 'Cancelled' };
    expectProblem(await http.submit(loginId, '123456', withKey('k')), 409, 'wrong-state', { members });
    expectProblem(await http.submit(loginId, '654321', withKey('k')), 409, 'wrong-state', { members });
    expectProblem(await resend(loginId, 'k'), 409, 'wrong-state', { members });
  });

  test('400: the same key with a body that is right', async () => {
    const loginId = await http.begin();
    expect((await http.submit(loginId, '12345', withKey('k'))).status).toBe(400);
    expect((await http.submit(loginId, await http.code(loginId), withKey('k'))).status).toBe(200);
  });
});

describe('the key itself', () => {
  test.each([
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['not ASCII', 'clé'],
    ['a tabulator', 'a\tb'],
  ])('%s: 400', async (_name, key) => {
    const reply = await login(key);
    expectProblem(reply, 400, 'invalid-request', {
      members: { errors: [{ path: 'Idempotency-Key', message: expect.any(String) as unknown as string }] },
    });
    expect(await http.runtime.inbox.messages()).toHaveLength(0);
  });

  test.each(['k', 'k'.repeat(255), '"quoted-key"', 'a b, c', '8e03978e-40d5-43dd-bc93-6894a57f9324'])(
    '%p is taken',
    async (key) => {
      same(await login(key), await login(key));
    },
  );

  test('without it two equal requests make two logins', async () => {
    expect(await http.begin()).not.toBe(await http.begin());
    const loginId = await http.begin();
    const code = await http.wrong(loginId);
    await http.submit(loginId, code);
    await http.submit(loginId, code);
    expect(await attemptsLeft(loginId)).toBe(1);
  });

  test('is neither at rest nor part of the id', async () => {
    const key = 'a-key-that-says-something';
    const { body } = await http.post('/logins', { username, password }, { ...json, ...withKey(key) });
    const { text } = await http.get(`/dev/flows/mfa-login/${body['loginId']}`);
    expect(text).not.toContain(key);
    expect(text).not.toContain(Buffer.from(key).toString('base64url'));
  });
});
