/** POST /logins/{loginId}/resend. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, expectProblem, type Http, openHttp } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const resend = (loginId: string) => http.post(`/logins/${loginId}/resend`);
const sent = (loginId: string, count: number) =>
  eventually(
    () => http.messages(loginId),
    ({ length }) => length === count,
  );

test('202 with the view: one resend less, a new cool-down, the same deadline', async () => {
  const loginId = await http.begin();
  const { body: before } = await http.get(`/logins/${loginId}`);
  await http.advance(30);
  const { status, body } = await resend(loginId);
  expect(status).toBe(202);
  const { resendAvailableAt, ...rest } = body;
  const { resendAvailableAt: first, ...unchanged } = before;
  expect(rest).toEqual({ ...unchanged, resendsLeft: 2 });
  expect(Date.parse(String(resendAvailableAt))).toBeGreaterThanOrEqual(Date.parse(String(first)) + 30_000);
});

test('the second SMS carries the same code', async () => {
  const loginId = await http.begin();
  await http.advance(30);
  await resend(loginId);
  const bodies = (await sent(loginId, 2)).map(({ body }) => body);
  expect(new Set(bodies).size).toBe(1);
});

test('429 resend-too-early with Retry-After within the cool-down, and nothing is sent', async () => {
  const loginId = await http.begin();
  await http.code(loginId);
  const reply = await resend(loginId);
  expectProblem(reply, 429, 'resend-too-early', { retryAfter: true });
  expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(30);
  await http.advance(20);
  const later = await resend(loginId);
  expect(Number(later.headers.get('retry-after'))).toBeLessThanOrEqual(10);
  expect(await http.messages(loginId)).toHaveLength(1);
  expect((await http.get(`/logins/${loginId}`)).body['resendsLeft']).toBe(3);
});

test('who waits as long as Retry-After says may send again', async () => {
  const loginId = await http.begin();
  const reply = await resend(loginId);
  await http.advance(Number(reply.headers.get('retry-after')));
  expect((await resend(loginId)).status).toBe(202);
});

test('409 no-resends-left after three', async () => {
  const loginId = await http.begin();
  for (const left of [2, 1, 0]) {
    await http.advance(30);
    expect((await resend(loginId)).body['resendsLeft']).toBe(left);
  }
  await http.advance(30);
  expectProblem(await resend(loginId), 409, 'no-resends-left');
  expect(await sent(loginId, 4)).toHaveLength(4);
});

test('409 no-resends-left comes before the cool-down: waiting would not help', async () => {
  const loginId = await http.begin();
  for (const _ of [1, 2, 3]) {
    await http.advance(30);
    await resend(loginId);
  }
  expectProblem(await resend(loginId), 409, 'no-resends-left');
});

test('404 for a login that does not exist', async () => {
  expectProblem(await resend('nothing'), 404, 'not-found');
});

describe('409 wrong-state with the state, where no code is awaited', () => {
  const endings: [string, (loginId: string) => Promise<unknown>][] = [
    ['LoggedIn', async (id) => http.submit(id, await http.code(id))],
    ['Cancelled', (id) => http.del(`/logins/${id}`)],
    ['OtpExpired', () => http.advance(300)],
    [
      'Locked',
      async (id) => {
        for (const step of [1, 2, 3]) await http.submit(id, await http.wrong(id, step));
      },
    ],
  ];
  test.each(endings)('%s', async (state, end) => {
    const loginId = await http.begin();
    await end(loginId);
    expectProblem(await resend(loginId), 409, 'wrong-state', { members: { state } });
  });
});

describe('with a quota of two SMS for each phone and hour', () => {
  beforeEach(async () => {
    await http.close();
    http = await openHttp({ environment: { SMS_QUOTA_PER_PHONE: '2' } });
  });

  test('resends count: 429 throttled with Retry-After, and the login goes on', async () => {
    const loginId = await http.begin();
    await http.advance(30);
    expect((await resend(loginId)).status).toBe(202);
    await http.advance(30);
    const reply = await resend(loginId);
    expectProblem(reply, 429, 'throttled', { retryAfter: true });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect((await http.get(`/logins/${loginId}`)).body).toMatchObject({
      state: 'WaitForOtpInput',
      resendsLeft: 2,
    });
    expect((await http.submit(loginId, await http.code(loginId))).status).toBe(200);
  });

  test('the quota comes back when Retry-After says so', async () => {
    await http.begin();
    await http.begin();
    const refused = await http.post('/logins', { username: 'demo', password: 'correct-horse-battery' });
    expectProblem(refused, 429, 'throttled', { retryAfter: true });
    await http.advance(Number(refused.headers.get('retry-after')));
    await http.begin();
  });
});

test('with a quota of one, a login succeeds and its resend is throttled', async () => {
  await http.close();
  http = await openHttp({ environment: { SMS_QUOTA_PER_PHONE: '1' } });
  const loginId = await http.begin();
  await http.advance(30);
  expectProblem(await resend(loginId), 429, 'throttled', { retryAfter: true });
});
