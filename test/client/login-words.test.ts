/** That there are words for all that the API may say of a login. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Refusal } from '../../client/common/api.ts';
import type { View } from '../../client/login/view.ts';
import { endOf, ends, problems, wordsFor } from '../../client/login/words.ts';
import definition from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '../..');

/** Every problem that a file of `api/` reports. */
const reportedBy = (file: string): string[] => {
  const source = readFileSync(resolve(root, 'api', file), 'utf8');
  return [...source.matchAll(/new Problem\(\s*'([a-z-]+)'/g)].flatMap(([, name]) => name ?? []);
};

const view: View = { loginId: 'x', state: 'WaitForOtpInput', attemptsLeft: 2 };
const refusal = (name: string, more: Partial<Refusal> = {}): Refusal => ({
  name,
  status: 400,
  detail: '',
  members: {},
  ...more,
});
const words = (name: string, more: Partial<Refusal> = {}) =>
  wordsFor({ wish: 'code', refusal: refusal(name, more) }, view);

describe('problems', () => {
  const names = [
    'login-routes.ts',
    'session-routes.ts',
    'answer.ts',
    'request.ts',
    'app.ts',
    'problem.ts',
  ].flatMap(reportedBy);

  test('there are as many as are expected', () => {
    expect(names).toEqual(
      expect.arrayContaining(['otp-invalid', 'invalid-session', 'conflict', 'too-large', 'try-again']),
    );
    expect(new Set(names).size).toBeGreaterThan(15);
  });

  test.each([...new Set(names)])('%s has words of its own', (name) => {
    expect(Object.keys(problems)).toContain(name);
    const { text } = words(name, { members: { errors: [{ path: 'code', message: '' }] } });
    expect(text).toMatch(/^[A-Z].*[.]$/);
    expect(text).not.toMatch(/undefined|NaN|null/);
  });

  test('have no words that nobody can say', () => {
    expect(Object.keys(problems).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('say when to try again', () => {
    expect(words('throttled', { retryAfter: 3_100 }).text).toContain('in 52 minutes');
    expect(words('resend-too-early', { retryAfter: 20 }).text).toContain('in 20 seconds');
    expect(words('try-again').text).toContain('in a moment');
  });

  test('name the field that is wrong', () => {
    const wrong = (path: string) =>
      words('invalid-request', { members: { errors: [{ path, message: '' }] } });
    expect(wrong('username').field).toBe('username');
    expect(wrong('password').field).toBe('password');
    expect(wrong('code').field).toBe('code');
    expect(wrong('Idempotency-Key').field).toBeUndefined();
  });

  test('count by the view, or by the answer where there is none', () => {
    expect(words('otp-invalid', { members: { attemptsLeft: 1 } }).text).toContain('2 attempts are left');
    const trouble = {
      wish: 'code',
      refusal: refusal('otp-invalid', { members: { attemptsLeft: 1 } }),
    } as const;
    expect(wordsFor(trouble, undefined).text).toContain('One attempt is left');
  });

  test('promise that it is tried again only where it is', () => {
    const again = async () => {};
    expect(wordsFor({ wish: 'code', again }, view).text).toContain('by itself');
    expect(wordsFor({ wish: 'code' }, view).text).toBe(
      'No answer from the server. Nothing is lost, and trying again does no harm.',
    );
  });

  test('from something in front of Detent have words too', () => {
    expect(words('', { status: 502 }).text).toContain('The server does not work');
    expect(words('', { status: 429 }).text).toContain('Too many requests');
    expect(words('', { status: 403 }).text).toContain('Reload the page');
  });
});

describe('states', () => {
  const states = [
    ...JSON.stringify(definition).matchAll(/"Variable":"\$\.flow\.state","StringEquals":"(\w+)"/g),
  ].map(([, state]) => state);

  test('in which a login ends have words of their own', () => {
    const { States } = definition as { States: { [name: string]: { Type: string } } };
    const rest = Object.keys(States).filter((name) =>
      /^(LoggedIn|LoggedOut|SessionExpired|Denied|Locked|OtpExpired|Cancelled|DeliveryFailed)$/.test(name),
    );
    expect(rest).toHaveLength(8);
    expect(states).toContain('WaitForOtpInput');
    expect(Object.keys(ends).sort()).toEqual(rest.sort());
  });

  test('that nobody knows yet have words as well', () => {
    const { title, text } = endOf({ loginId: 'x', state: 'Frozen' });
    expect(`${title}. ${text}`).not.toContain('Frozen');
    expect(text).toContain('Start again');
  });

  test('of a session that the API no longer takes does not say that it is elsewhere', () => {
    const trouble = { wish: 'look', refusal: refusal('invalid-session') } as const;
    expect(endOf({ loginId: 'x', state: 'LoggedIn' }, trouble).title).toBe('Your session has ended');
    expect(endOf({ loginId: 'x', state: 'LoggedIn' }).title).toBe('Signed in elsewhere');
  });
});
