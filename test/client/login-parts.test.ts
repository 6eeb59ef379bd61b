/** The small parts of the login page: codes, time, what is kept, and when it asks. */
import { describe, expect, test } from '@jest/globals';
import { codeFrom, codeIn } from '../../client/login/code.ts';
import { keeper } from '../../client/login/resume.ts';
import { aloud, clock, inWords, secondsLeft, secondsUntil } from '../../client/login/time.ts';
import { type Shown, screenOf } from '../../client/login/view.ts';
import { pauseMs } from '../../client/login/watch.ts';

describe('a code', () => {
  test.each([
    '123456',
    '123 456',
    '123-456',
    ' 123\u00a0456 ',
    '123\u2011456',
    '12 34 56',
    '\uff11\uff12\uff13\uff14\uff15\uff16',
  ])('is read from %j', (typed) => expect(codeFrom(typed)).toBe('123456'));
  test.each(['', '12345', '1234567', '12345a', 'abcdef', '12+456'])('is not read from %j', (typed) =>
    expect(codeFrom(typed)).toBeUndefined(),
  );
  test.each([
    '123456',
    '123 456',
    'Your code: 123-456.',
    '123456 is your sign-in code. It is valid for 5 minutes.',
  ])('is found in %j', (pasted) => expect(codeIn(pasted)).toBe('123456'));
  test.each(['', '12345', '1234567', '123456 or 654321', '+15555550100'])('is not found in %j', (pasted) =>
    expect(codeIn(pasted)).toBeUndefined(),
  );
});

describe('time', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const at = (ms: number) => new Date(now + ms).toISOString();

  test('a wait is never told too short, and what ends never too long', () => {
    expect([secondsUntil(at(1_001), now), secondsLeft(at(1_999), now)]).toEqual([2, 1]);
    expect([secondsUntil(at(-5), now), secondsLeft(at(-5), now)]).toEqual([0, 0]);
    expect([secondsUntil(undefined, now), secondsLeft(undefined, now)]).toEqual([0, 0]);
  });

  test.each([
    [0, '0:00'],
    [9, '0:09'],
    [299, '4:59'],
    [3_661, '1:01:01'],
  ])('%d s is %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  test.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [61, '2 minutes'],
    [3_600, '60 minutes'],
    [86_000, '24 hours'],
  ])('%d s in words is %s', (seconds, text) => expect(inWords(seconds)).toBe(text));

  test('is said aloud at a minute and at half a minute, also where it jumps', () => {
    const heard = [];
    for (let left = 300; left > 0; left--) heard.push(aloud(left, left - 1));
    expect(heard.filter(Boolean)).toEqual([
      'The code is valid for 1 minute more.',
      'The code is valid for 30 seconds more.',
    ]);
    expect(aloud(300, 7)).toBe('The code is valid for 7 seconds more.');
    expect(aloud(7, 300)).toBeUndefined();
    expect(aloud(7, 0)).toBeUndefined();
  });
});

describe('what is kept', () => {
  function storage(content: { [name: string]: string } = {}) {
    return {
      content,
      getItem: (name: string) => content[name] ?? null,
      setItem: (name: string, text: string) => {
        content[name] = text;
      },
    };
  }

  test('is there after a reload', () => {
    const place = storage();
    const before = keeper(() => place);
    before.keep({ username: 'demo', login: { id: 'a', key: 'k' }, creating: 'c' });
    before.keep({ creating: undefined, session: { token: 't', expiresAt: 'e' } });
    expect(keeper(() => place).kept()).toEqual({
      username: 'demo',
      login: { id: 'a', key: 'k' },
      session: { token: 't', expiresAt: 'e' },
    });
  });

  test.each(['', 'null', '[]', '{', '7', '{"login":{"id":7},"session":"x","username":null,"creating":{}}'])(
    'is nothing where %j lies there',
    (text) => {
      const place = storage({ 'detent.login': text });
      expect(keeper(() => place).kept()).toEqual({});
    },
  );

  test('lasts as long as the page where nothing may be kept', () => {
    const { kept, keep } = keeper(() => {
      throw new Error('SecurityError');
    });
    keep({ username: 'demo' });
    expect(kept()).toEqual({ username: 'demo' });
  });
});

describe('a look', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const at = (ms: number) => new Date(now + ms).toISOString();
  const shown = (more: Partial<Shown>): Shown => ({
    ...{ starting: false, step: 'code', begun: false, unanswered: false, username: '', resent: 0 },
    ...more,
  });
  const waiting = (expiresAt: string) =>
    shown({ view: { loginId: 'x', state: 'WaitForOtpInput', expiresAt } });
  const later = { late: 0, isFirst: false };

  test('is taken now and then while a state waits, soon after a wish, and never where it does not', () => {
    expect(pauseMs(waiting(at(1)), now, later)).toBe(10_000);
    expect(pauseMs(waiting(at(1)), now, { late: 0, isFirst: true })).toBe(2_000);
    expect(pauseMs(shown({}), now, later)).toBe(Number.POSITIVE_INFINITY);
    expect(pauseMs(shown({ view: { loginId: 'x', state: 'Locked' } }), now, later)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('is taken at the deadline, and more rarely the longer the API takes', () => {
    const pauses = [0, 1, 2, 3, 4, 5].map((late) => pauseMs(waiting(at(0)), now, { late, isFirst: false }));
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 10_000, 10_000]);
  });

  test('shows what the API says', () => {
    const screen = (state: string, more: Partial<Shown> = {}) =>
      screenOf(shown({ view: { loginId: 'x', state }, ...more }));
    const session = { token: 't', expiresAt: at(1) };
    expect(screenOf(shown({ starting: true }))).toBe('starting');
    expect(screenOf(shown({}))).toBe('password');
    expect(screen('WaitForOtpInput')).toBe('code');
    expect(screen('WaitForOtpInput', { step: 'password' })).toBe('password');
    expect(screen('LoggedIn', { session })).toBe('signed-in');
    expect(screen('LoggedIn', { unanswered: true })).toBe('unanswered');
    expect(screen('LoggedIn')).toBe('ended');
    expect(screen('Locked', { session })).toBe('ended');
  });
});
