/** POST /logins/{loginId}/otp. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { expectProblem, type Http, openHttp, type Reply } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const invalid = (reply: Reply, attemptsLeft: number) =>
  expectProblem(reply, 401, 'otp-invalid', { members: { attemptsLeft } });

async function lock(loginId: string): Promise<Reply> {
  invalid(await http.submit(loginId, await http.wrong(loginId, 1)), 2);
  invalid(await http.submit(loginId, await http.wrong(loginId, 2)), 1);
  return http.submit(loginId, await http.wrong(loginId, 3));
}

describe('the right code', () => {
  test('200 with a session, and nothing else', async () => {
    const loginId = await http.begin();
    const now = http.runtime.clock.now();
    const { status, body, headers } = await http.submit(loginId, await http.code(loginId));
    expect({ status, body }).toEqual({
      status: 200,
      body: { state: 'LoggedIn', session: { token: expect.any(String), expiresAt: expect.any(String) } },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const { expiresAt } = body['session'] as JsonObject;
    expect(Math.round((Date.parse(String(expiresAt)) - now) / 1000)).toBeGreaterThanOrEqual(899);
    expect(await http.stateOf(loginId)).toBe('LoggedIn');
  });

  test('works after two wrong ones', async () => {
    const loginId = await http.begin();
    for (const step of [1, 2]) await http.submit(loginId, await http.wrong(loginId, step));
    expect((await http.submit(loginId, await http.code(loginId))).status).toBe(200);
  });

  test('409 wrong-state with the state, the second time', async () => {
    const { loginId } = await http.session();
    const again = await http.submit(loginId, await http.code(loginId));
    expectProblem(again, 409, 'wrong-state', { members: { state: 'LoggedIn' } });
  });

  test('of another login is a wrong one', async () => {
    const [one, other] = [await http.begin(), await http.begin()];
    invalid(await http.submit(one, await http.code(other)), 2);
    expect((await http.submit(other, await http.code(other))).status).toBe(200);
  });
});

describe('a wrong code', () => {
  test('401 otp-invalid with the attempts that are left, which the view shows too', async () => {
    const loginId = await http.begin();
    invalid(await http.submit(loginId, await http.wrong(loginId)), 2);
    expect((await http.get(`/logins/${loginId}`)).body).toMatchObject({
      state: 'WaitForOtpInput',
      attemptsLeft: 2,
    });
  });

  test('423 locked at the third, and afterwards for any code, the right one too', async () => {
    const loginId = await http.begin();
    expectProblem(await lock(loginId), 423, 'locked');
    expectProblem(await http.submit(loginId, await http.wrong(loginId)), 423, 'locked');
    expectProblem(await http.submit(loginId, await http.code(loginId)), 423, 'locked');
    expect((await http.get(`/logins/${loginId}`)).body).toMatchObject({ state: 'Locked', attemptsLeft: 0 });
  });

  test('does not move the deadline', async () => {
    const loginId = await http.begin();
    const { body: before } = await http.get(`/logins/${loginId}`);
    await http.advance(100);
    await http.submit(loginId, await http.wrong(loginId));
    const { body: after } = await http.get(`/logins/${loginId}`);
    expect(after['expiresAt']).toBe(before['expiresAt']);
  });
});

describe('a late code', () => {
  test('410 otp-expired where the reconciler was first, and afterwards', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    await http.advance(300);
    expect(await http.stateOf(loginId)).toBe('OtpExpired');
    expectProblem(await http.submit(loginId, code), 410, 'otp-expired');
    expectProblem(await http.submit(loginId, code), 410, 'otp-expired');
  });

  test('410 otp-expired where the submission was first, and afterwards', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    http.runtime.clock.advance(300_000);
    expect(await http.stateOf(loginId)).toBe('WaitForOtpInput');
    expectProblem(await http.submit(loginId, code), 410, 'otp-expired');
    expect(await http.stateOf(loginId)).toBe('OtpExpired');
    expectProblem(await http.submit(loginId, code), 410, 'otp-expired');
  });

  test('a moment before its end it still works', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    await http.advance(298);
    expect((await http.submit(loginId, code)).status).toBe(200);
  });
});

describe('what is not a code', () => {
  test.each([
    ['five digits', '12345'],
    ['seven digits', '1234567'],
    ['letters', 'abcdef'],
    ['a number', 123_456],
    ['spaces around it', ' 123456'],
    ['a line after it', '123456\n'],
    ['digits of another script', '١٢٣٤٥٦'],
    ['nothing', ''],
    ['null', null],
    ['a list', ['123456']],
  ])('%s: 400, and no attempt is used', async (_name, code) => {
    const loginId = await http.begin();
    const reply = await http.post(`/logins/${loginId}/otp`, { code });
    expectProblem(reply, 400, 'invalid-request', {
      members: { errors: [{ path: 'code', message: expect.any(String) as unknown as string }] },
    });
    expect((await http.get(`/logins/${loginId}`)).body['attemptsLeft']).toBe(3);
  });
});

test('404 for a login that does not exist', async () => {
  expectProblem(await http.submit('nothing', '123456'), 404, 'not-found');
});
