/** What a connection of the HTTP benchmark does, and what it counts as a login. */
import { expect, test } from '@jest/globals';
import type { CannonRequest } from 'autocannon';
import { loginScript } from '../../bench/http/script.ts';

const view = JSON.stringify({ loginId: 'one', expiresAt: '2026-11-28T12:05:00.000Z' });
const session = JSON.stringify({ state: 'LoggedIn', session: { token: 'a.b.c' } });

/** One time through, as autocannon goes: with one context, and only as far as requests can be made. */
function play(answers: [status: number, body: string][]) {
  let clock = 0;
  const { requests, tally } = loginScript({
    nextUser: () => ({ username: 'user-7', password: 'secret' }),
    code: ({ loginId }) => `code of ${loginId}`,
    now: () => (clock += 10),
  });
  const context = {};
  const made: CannonRequest[] = [];
  for (const [index, request] of requests.entries()) {
    const ready = request.setupRequest?.(request, context);
    if (!ready) break;
    made.push(ready);
    const [status, body] = answers[index] ?? [500, ''];
    ready.onResponse?.(status, body, context);
  }
  return { made: made.map(({ path, body = '' }) => ({ path, body: JSON.parse(body) })), tally };
}

test('a login is the password, then the code at the address that the answer names', () => {
  const { made, tally } = play([
    [201, view],
    [200, session],
  ]);
  expect(made).toEqual([
    { path: '/logins', body: { username: 'user-7', password: 'secret' } },
    { path: '/logins/one/otp', body: { code: 'code of one' } },
  ]);
  expect(tally).toEqual({ took: [10], refused: {} });
});

test('a refused password has no code, and is no login', () => {
  const { made, tally } = play([[429, '{}']]);
  expect(made).toHaveLength(1);
  expect(tally).toEqual({ took: [], refused: { 429: 1 } });
});

test.each([
  [401, '{}'],
  [200, '{"state":"WaitForOtpInput"}'],
])('a code that is answered with %d %s is no login', (status, body) => {
  const { tally } = play([
    [201, view],
    [status, body],
  ]);
  expect(tally).toEqual({ took: [], refused: { [status]: 1 } });
});
