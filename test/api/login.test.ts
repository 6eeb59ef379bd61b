/** POST /logins, GET and DELETE /logins/{loginId}. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { phonePattern } from '../../flows/mfa-login/data.ts';
import { demoUser, putUser } from '../../local/users.ts';
import { eventually, expectProblem, type Http, openHttp, type Reply } from '../support/http.ts';
import { cheapCost } from '../support/world.ts';

const viewFields = [
  'attemptsLeft',
  'expiresAt',
  'loginId',
  'phone',
  'resendAvailableAt',
  'resendsLeft',
  'state',
];

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const login = (username: string, password: string) => http.post('/logins', { username, password });
const fields = ({ body }: Reply) => Object.keys(body).sort();

describe('POST /logins', () => {
  test('201 with the view of a login that waits for its code', async () => {
    const before = http.runtime.clock.now();
    const reply = await login(demoUser.username, demoUser.password);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(fields(reply)).toEqual(viewFields);
    expect(reply.body).toMatchObject({
      state: 'WaitForOtpInput',
      phone: '+1•••••••0100',
      attemptsLeft: 3,
      resendsLeft: 3,
    });
    const secondsAhead = (field: string) => (Date.parse(String(reply.body[field])) - before) / 1000;
    expect(Math.floor(secondsAhead('expiresAt'))).toBe(300);
    expect(Math.floor(secondsAhead('resendAvailableAt'))).toBe(30);
  });

  test('ids have at least 128 bits and never repeat', async () => {
    const ids = [await http.begin(), await http.begin(), await http.begin()];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22,}$/);
  });

  test('the code goes to the phone of the user, once', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    expect(code).toMatch(/^\d{6}$/);
    const sent = await http.messages(loginId);
    expect(sent).toMatchObject([{ to: demoUser.phone, body: expect.stringContaining(code) }]);
    expect(sent[0]?.to).toMatch(phonePattern);
  });

  test('401 for a wrong password, 401 for a name that nobody has', async () => {
    expectProblem(await login(demoUser.username, 'wrong'), 401, 'invalid-credentials');
    expectProblem(await login('nobody', 'wrong'), 401, 'invalid-credentials');
  });

  test('user names are taken literally', async () => {
    for (const username of ['Demo', ' demo', 'demo\u0000', '%'])
      expectProblem(await login(username, demoUser.password), 401, 'invalid-credentials');
  });

  test('a password may have spaces and letters of any script, in either normal form', async () => {
    const user = { username: 'zoë', password: 'brûlée  1', phone: '+15555550199' };
    await putUser(http.runtime.table, user, cheapCost);
    const composed = await login('zoë', 'brûlée  1'.normalize('NFC'));
    const decomposed = await login('zoë', 'brûlée  1'.normalize('NFD'));
    expect([composed.status, decomposed.status]).toEqual([201, 201]);
  });

  test('429 throttled once the phone has had its quota', async () => {
    for (let sent = 0; sent < 5; sent++) await http.begin();
    const reply = await login(demoUser.username, demoUser.password);
    expectProblem(reply, 429, 'throttled', { retryAfter: true });
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(3_590);
  });
});

describe('GET /logins/{loginId}', () => {
  test('200 with the same view', async () => {
    const created = await login(demoUser.username, demoUser.password);
    const read = await http.get(`/logins/${created.body['loginId']}`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(created.body);
  });

  test('the same fields in any state', async () => {
    const { loginId } = await http.session();
    const cancelled = await http.begin();
    await http.del(`/logins/${cancelled}`);
    for (const [id, state] of [
      [loginId, 'LoggedIn'],
      [cancelled, 'Cancelled'],
    ]) {
      const reply = await http.get(`/logins/${id}`);
      expect(reply).toMatchObject({ status: 200, body: { state } });
      expect(fields(reply)).toEqual(viewFields);
    }
  });

  test('404 for an id that does not exist, whatever it looks like', async () => {
    const ids = ['nothing', 'a'.repeat(2_000), '%00', '%23record', '..%2f..', '%E0%A4%A', "'%20OR%201=1--"];
    for (const id of ids) expectProblem(await http.get(`/logins/${id}`), 404, 'not-found');
  });

  test('404 once the login has outlived its retention', async () => {
    const loginId = await http.begin();
    await http.del(`/logins/${loginId}`);
    await http.advance(86_400 + 1);
    expectProblem(await http.get(`/logins/${loginId}`), 404, 'not-found');
    expectProblem(await http.del(`/logins/${loginId}`), 404, 'not-found');
  });
});

describe('DELETE /logins/{loginId}', () => {
  test('200 with the view, state Cancelled; the code no longer works', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    const reply = await http.del(`/logins/${loginId}`);
    expect(reply).toMatchObject({ status: 200, body: { loginId, state: 'Cancelled' } });
    expect(fields(reply)).toEqual(viewFields);
    expectProblem(await http.submit(loginId, code), 409, 'wrong-state', { members: { state: 'Cancelled' } });
  });

  test('409 wrong-state where there is nothing left to cancel', async () => {
    const { loginId } = await http.session();
    const members = { state: 'LoggedIn' };
    expectProblem(await http.del(`/logins/${loginId}`), 409, 'wrong-state', { members });
    expect(await http.stateOf(loginId)).toBe('LoggedIn');
  });

  test('404 for an id that does not exist', async () => {
    expectProblem(await http.del('/logins/nothing'), 404, 'not-found');
  });
});

test('a login that nobody ends expires by itself', async () => {
  const loginId = await http.begin();
  await http.advance(300);
  await eventually(
    () => http.stateOf(loginId),
    (state) => state === 'OtpExpired',
  );
});
