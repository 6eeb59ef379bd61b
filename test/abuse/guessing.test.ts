/** Guessing: it tells nobody who has an account, and it gets slower across logins. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demoUser } from '../../local/users.ts';
import { expectProblem, type Http, openHttp, type Reply } from '../support/http.ts';

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
