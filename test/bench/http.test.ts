/** What a connection of the HTTP benchmark does, and what it counts as a login. */
import { expect, test } from '@jest/globals';
import type { CannonRequest } from 'autocannon';
import { contest } from '../../bench/http/rounds.ts';
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

test('each number at once has its own limit beside it: logins per second, and the percentiles of one login', async () => {
  const shots: string[] = [];
  const shoot = (who: string, perSecond: number) => async (logins: number, atOnce: number) => {
    shots.push(`${who} ${logins}/${atOnce}`);
    return { perSecond: perSecond * atOnce, p50: 1_000 / perSecond, p99: 2_000 / perSecond };
  };
  const bench = { quick: true, progress: () => {}, folder: () => '' };
  const results = await contest(bench, {
    ...{ name: 'cheap', sizes: { rounds: 1, logins: { 1: 10, 64: 128 } } },
    ...{ limit: shoot('limit', 100), limitIs: { name: 'limit.http.requests', each: 2 } },
    ours: shoot('ours', 50),
  });
  expect(shots).toEqual(['limit 10/1', 'ours 10/1', 'limit 128/64', 'ours 128/64']);
  expect(results.slice(4)).toEqual([
    { name: 'limit.http.requests.c64', value: 12_800, unit: '/s' },
    { name: 'http.logins.cheap.c64', value: 3_200, unit: '/s', limit: 6_400, ratio: 0.5 },
    { name: 'http.p50.cheap.c64', value: 20, unit: 'ms', limit: 10, ratio: 2 },
    { name: 'http.p99.cheap.c64', value: 40, unit: 'ms', limit: 20, ratio: 2 },
  ]);
});
