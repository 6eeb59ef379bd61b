/** What has been done to other logins with one-time codes, each by name. None of it may work here. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { eventually, expectProblem, type Http, openHttp, type Reply } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const reopen = async (environment: { [variable: string]: string }) => {
  await http.close();
  http = await openHttp({ environment });
};
const login = (username: string, password: string) => http.post('/logins', { username, password });
const count = (replies: Reply[], status: number) => replies.filter((reply) => reply.status === status).length;

test('the same code by 100 parallel requests gives exactly one session', async () => {
  const loginId = await http.begin();
  const code = await http.code(loginId);
  const replies = await Promise.all(Array.from({ length: 100 }, () => http.submit(loginId, code)));
  expect([count(replies, 200), count(replies, 409)]).toEqual([1, 99]);
  for (const reply of replies.filter(({ status }) => status === 409))
    expectProblem(reply, 409, 'wrong-state', { members: { state: 'LoggedIn' } });
});

test('parallel guesses get three attempts between them', async () => {
  const loginId = await http.begin();
  const guesses = await Promise.all(Array.from({ length: 100 }, (_, step) => http.wrong(loginId, step + 1)));
  const replies = await Promise.all(guesses.map((guess) => http.submit(loginId, guess)));
  expect([count(replies, 401), count(replies, 423)]).toEqual([2, 98]);
  const { body } = await http.get(`/dev/flows/mfa-login/${loginId}`);
  const { trail } = body['record'] as unknown as { trail: { type: string }[] };
  expect(trail.filter(({ type }) => type === 'OtpSubmitted')).toHaveLength(3);
  expectProblem(await http.submit(loginId, await http.code(loginId)), 423, 'locked');
});

test('the right code among parallel guesses counts once or not at all', async () => {
  const loginId = await http.begin();
  const codes = await Promise.all([1, 2, 3, 4, 5].map((step) => http.wrong(loginId, step)));
  codes.splice(2, 0, await http.code(loginId), await http.code(loginId));
  const replies = await Promise.all(codes.map((code) => http.submit(loginId, code)));
  expect(count(replies, 200)).toBe(1);
  expect(count(replies, 401)).toBe(2);
});

test('a resend does not reset the attempts', async () => {
  const loginId = await http.begin();
  for (const step of [1, 2]) await http.submit(loginId, await http.wrong(loginId, step));
  await http.advance(30);
  expect((await http.post(`/logins/${loginId}/resend`)).body['attemptsLeft']).toBe(1);
  expectProblem(await http.submit(loginId, await http.wrong(loginId, 3)), 423, 'locked');
});

test('a reload sends no SMS', async () => {
  const loginId = await http.begin();
  await http.code(loginId);
  await http.advance(60);
  await Promise.all(Array.from({ length: 20 }, () => http.get(`/logins/${loginId}`)));
  await http.runtime.reconcile();
  expect(await http.messages(loginId)).toHaveLength(1);
});

test('resends pressed in parallel send one SMS', async () => {
  const loginId = await http.begin();
  await http.advance(30);
  const replies = await Promise.all(Array.from({ length: 20 }, () => http.post(`/logins/${loginId}/resend`)));
  expect([count(replies, 202), count(replies, 429)]).toEqual([1, 19]);
  await eventually(
    () => http.messages(loginId),
    ({ length }) => length === 2,
  );
});

describe('limits hold for the phone, not only for the address or the account', () => {
  test('five SMS an hour, whoever asks from wherever', async () => {
    const users = [demoUser, await http.user('second', demoUser.phone)];
    for (let sent = 0; sent < 5; sent++) {
      http.from.address = `198.51.100.${sent}`;
      await http.begin(users[sent % 2]);
    }
    for (const { username, password } of users) {
      http.from.address = '203.0.113.9';
      expectProblem(await login(username, password), 429, 'throttled', { retryAfter: true });
    }
    await http.begin(await http.user('third'));
  });

  test('asked for in parallel, too', async () => {
    await reopen({ SMS_QUOTA_PER_PHONE: '2' });
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => login(demoUser.username, demoUser.password)),
    );
    expect([count(replies, 201), count(replies, 429)]).toEqual([2, 8]);
  });

  test('ten a day', async () => {
    for (let sent = 0; sent < 10; sent++) {
      if (sent === 5) await http.advance(3_601);
      await http.begin();
    }
    await http.advance(3_601);
    expectProblem(await login(demoUser.username, demoUser.password), 429, 'throttled', { retryAfter: true });
    await http.advance(86_400);
    await http.begin();
  });
});

describe('nobody learns who has an account', () => {
  const shape = ({ status, headers, text }: Reply) => ({
    status,
    text,
    headers: [...headers].filter(([name]) => name !== 'date').sort(),
  });

  test('wrong password, unknown user and delayed account get the same answer', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '1' });
    const user = await http.user('someone');
    const wrong = shape(await login(user.username, 'wrong'));
    const delayed = shape(await login(user.username, user.password));
    const unknown = shape(await login('nobody', 'wrong'));
    const unknownDelayed = shape(await login('nobody', 'wrong'));
    expect(wrong.status).toBe(401);
    for (const other of [delayed, unknown, unknownDelayed]) expect(other).toEqual(wrong);
    expect(await http.runtime.inbox.messages(user.phone)).toHaveLength(0);
  });

  test('a wrong password sends no SMS and shows no id', async () => {
    const reply = await login(demoUser.username, 'wrong');
    expect(reply.text).not.toContain('loginId');
    expect(await http.runtime.inbox.messages()).toHaveLength(0);
  });

  test('a failed login changes no phone quota', async () => {
    await reopen({ SMS_QUOTA_PER_PHONE: '1' });
    await login(demoUser.username, 'wrong');
    await http.begin();
  });
});

describe('guessing across logins (RFC 4226, 7.3)', () => {
  test('wrong passwords in a row delay the account for that address; the delay doubles', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '3' });
    const { username, password } = await http.user('someone');
    for (const _ of [1, 2, 3]) await login(username, 'wrong');
    expectProblem(await login(username, password), 401, 'invalid-credentials');
    await http.advance(901);
    await login(username, 'wrong');
    await http.advance(901);
    expectProblem(await login(username, password), 401, 'invalid-credentials');
    await http.advance(900);
    await http.begin({ username, password });
  });

  test('another address is not delayed', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '3' });
    const user = await http.user('someone');
    for (const _ of [1, 2, 3]) await login(user.username, 'wrong');
    http.from.address = '203.0.113.9';
    await http.begin(user);
  });

  test('wrong codes are counted over logins, from any address', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '4' });
    const user = await http.user('someone');
    for (const guesses of [[1, 2, 3], [1]]) {
      const loginId = await http.begin(user);
      for (const step of guesses) await http.submit(loginId, await http.wrong(loginId, step));
    }
    http.from.address = '203.0.113.9';
    expectProblem(await login(user.username, user.password), 401, 'invalid-credentials');
  });

  test('a login that already waits for its code may finish, and that resets the count', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '2' });
    const user = await http.user('someone');
    const loginId = await http.begin(user);
    for (const _ of [1, 2]) await login(user.username, 'wrong');
    expect((await login(user.username, user.password)).status).toBe(401);
    expect((await http.submit(loginId, await http.code(loginId))).status).toBe(200);
    await http.begin(user);
  });

  test('parallel wrong passwords do not slip past the limit', async () => {
    await reopen({ ACCOUNT_FAILURES_BEFORE_DELAY: '3' });
    const { username, password } = await http.user('someone');
    await Promise.all(Array.from({ length: 12 }, () => login(username, 'wrong')));
    expectProblem(await login(username, password), 401, 'invalid-credentials');
  });
});
