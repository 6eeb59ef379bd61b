/** The requests of the login page and their keys, against an API that answers as it is told. */
import { describe, expect, test } from '@jest/globals';
import type { Answered, Request } from '../../client/common/api.ts';
import { createLogin } from '../../client/login/login.ts';
import { type Kept, keeper } from '../../client/login/resume.ts';

const waiting = (loginId = 'a') => ({ loginId, state: 'WaitForOtpInput', attemptsLeft: 3 });
const done = (value: unknown, status = 200): Answered<unknown> => ({ kind: 'done', status, value });
const refused = (name: string, status: number): Answered<unknown> => ({
  kind: 'refused',
  refusal: { name, status, detail: '', members: {} },
});
const silent: Answered<unknown> = { kind: 'silent' };
const session = { token: 't', expiresAt: '2026-01-01T00:15:00Z' };

/** A page with what was kept, and the answers that the API will give, by request. */
function page(kept: Kept, answers: [request: string, answer: Answered<unknown>][]) {
  const content: { [name: string]: string } = { 'detent.login': JSON.stringify(kept) };
  const asked: { request: string; key: string | undefined }[] = [];
  let keys = 0;
  const told: string[] = [];
  const login = createLogin(
    {
      ask: async <T>(path: string, { method = 'GET', key }: Request = {}) => {
        asked.push({ request: `${method} ${path}`, key });
        const [expected, answer] = answers.shift() ?? [];
        expect(`${method} ${path}`).toBe(expected);
        return answer as Answered<T>;
      },
      newKey: () => `key-${++keys}` as ReturnType<typeof crypto.randomUUID>,
      keeper: keeper(() => ({
        getItem: (name) => content[name] ?? null,
        setItem: (name, text) => {
          content[name] = text;
        },
      })),
    },
    'password',
    (id) => told.push(id),
  );
  const stored = (): Kept => JSON.parse(content['detent.login'] ?? '{}');
  return { login, asked, told, stored, keys: () => asked.flatMap(({ key }) => key ?? []), left: answers };
}

describe('the password', () => {
  test.each([
    ['no answer', silent],
    ['try-again', refused('try-again', 503)],
    ['conflict', refused('conflict', 409)],
    ['internal-error', refused('internal-error', 500)],
    ['an error of something in front of it', refused('', 502)],
  ])('is sent again under the same key after: %s', async (_, answer) => {
    const { login, keys, stored } = page({}, [
      ['POST /logins', answer],
      ['POST /logins', done(waiting(), 201)],
      ['GET /logins/a', done(waiting())],
    ]);
    await login.signIn('demo', 'x');
    expect(stored().creating).toBe('key-1');
    await login.signIn('demo', 'x');
    expect(keys()).toEqual(['key-1', 'key-1']);
    expect(stored()).toMatchObject({ login: { id: 'a', key: 'key-1' }, username: 'demo' });
    expect(stored().creating).toBeUndefined();
  });

  test.each([
    ['invalid-credentials', 401],
    ['throttled', 429],
    ['invalid-request', 400],
  ])('is another wish after %s', async (name, status) => {
    const { login, keys } = page({}, [
      ['POST /logins', refused(name, status)],
      ['POST /logins', done(waiting(), 201)],
    ]);
    await login.signIn('demo', 'x');
    await login.signIn('demo', 'x');
    expect(new Set(keys()).size).toBe(2);
  });

  test('of another account goes under a key of its own, and the first login is cancelled afterwards', async () => {
    const { login, asked, left } = page({}, [
      ['POST /logins', done(waiting('a'), 201)],
      ['POST /logins', refused('key-reused', 422)],
      ['POST /logins', done(waiting('b'), 201)],
      ['DELETE /logins/a', done({ ...waiting('a'), state: 'Cancelled' })],
    ]);
    await login.signIn('demo', 'x');
    await login.signIn('other', 'x');
    expect(left).toEqual([]);
    expect(asked.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-2', undefined]);
    expect(login.shown().view?.loginId).toBe('b');
  });

  test('does not cancel the first login where the second is refused', async () => {
    const { login, left, stored } = page({}, [
      ['POST /logins', done(waiting('a'), 201)],
      ['POST /logins', refused('key-reused', 422)],
      ['POST /logins', refused('invalid-credentials', 401)],
    ]);
    await login.signIn('demo', 'x');
    await login.signIn('other', 'y');
    expect(left).toEqual([]);
    expect(stored().login).toEqual({ id: 'a', key: 'key-1' });
  });

  test('begins anew where the login that it began has ended meanwhile', async () => {
    const { login } = page({ login: { id: 'a', key: 'old' } }, [
      ['GET /logins/a', done(waiting('a'))],
      ['POST /logins', done(waiting('a'), 201)],
      ['GET /logins/a', done({ ...waiting('a'), state: 'OtpExpired' })],
      ['POST /logins', done(waiting('b'), 201)],
      ['DELETE /logins/a', refused('wrong-state', 409)],
    ]);
    await login.refresh();
    await login.signIn('demo', 'x');
    expect(login.shown().view?.loginId).toBe('b');
  });
});

describe('the code', () => {
  const begun: Kept = { login: { id: 'a', key: 'k' } };
  const look: [string, Answered<unknown>] = ['GET /logins/a', done(waiting())];

  test('the same one has the same key, another one has another', async () => {
    const wrong = refused('otp-invalid', 401);
    const { login, keys } = page(begun, [
      look,
      ...[1, 2, 3].flatMap((): [string, Answered<unknown>][] => [['POST /logins/a/otp', wrong], look]),
    ]);
    await login.refresh();
    for (const code of ['111111', '111111', '222222']) await login.enterCode(code);
    expect(keys()).toEqual(['key-1', 'key-1', 'key-2']);
  });

  test('keeps its key until there is an answer, and never itself', async () => {
    const { login, stored } = page(begun, [
      look,
      ['POST /logins/a/otp', silent],
      ['POST /logins/a/otp', done({ state: 'LoggedIn', session })],
    ]);
    await login.refresh();
    await login.enterCode('111111');
    expect(stored().checking).toBe('key-1');
    expect(JSON.stringify(stored())).not.toContain('111111');
    await login.again();
    expect(stored()).toEqual({ ...begun, session });
    expect(login.shown().session).toEqual(session);
  });

  test('of which the answer was lost goes under its key alone once the login is past it', async () => {
    const past: [string, Answered<unknown>] = ['GET /logins/a', done({ ...waiting(), state: 'LoggedIn' })];
    const { login, keys, left } = page({ ...begun, checking: 'lost' }, [
      past,
      ['POST /logins/a/otp', refused('key-reused', 422)],
      past,
      ['POST /logins/a/otp', done({ state: 'LoggedIn', session })],
    ]);
    await login.refresh();
    expect(login.shown().unanswered).toBe(true);
    await login.enterCode('111111');
    expect(login.shown()).toMatchObject({ unanswered: true, trouble: { refusal: { name: 'key-reused' } } });
    await login.enterCode('222222');
    expect(keys()).toEqual(['lost', 'lost']);
    expect(left).toEqual([]);
    expect(login.shown()).toMatchObject({ session, unanswered: false });
  });
});

describe('one at a time', () => {
  test('a second wish is not heard while the first is under way', async () => {
    const { login, asked } = page({}, [['POST /logins', done(waiting(), 201)]]);
    await Promise.all([login.signIn('demo', 'x'), login.signIn('demo', 'x')]);
    expect(asked).toHaveLength(1);
  });

  test('what was asked before a wish does not undo what came of it', async () => {
    const answers = Promise.withResolvers<Answered<unknown>>();
    const { login, left } = page({ login: { id: 'a', key: 'k' } }, [
      ['GET /logins/a', done(waiting())],
      ['GET /logins/a', answers.promise as unknown as Answered<unknown>],
      ['POST /logins/a/otp', done({ state: 'LoggedIn', session })],
    ]);
    await login.refresh();
    const looking = login.refresh();
    await login.enterCode('111111');
    answers.resolve(done(waiting()));
    await looking;
    expect(left).toEqual([]);
    expect(login.shown().view?.state).toBe('LoggedIn');
    expect(login.shown().session).toEqual(session);
  });

  test('what the user changes is not sent behind their back', async () => {
    const { login, asked } = page({}, [['POST /logins', silent]]);
    await login.signIn('demo', 'x');
    login.edited();
    await login.refresh();
    expect(asked).toHaveLength(1);
  });

  test('nor is it where the user changes it before there is no answer', async () => {
    const answer = Promise.withResolvers<Answered<unknown>>();
    const { login, asked, left } = page({ login: { id: 'a', key: 'k' } }, [
      ['GET /logins/a', done(waiting())],
      ['POST /logins/a/otp', answer.promise as unknown as Answered<unknown>],
      ['GET /logins/a', done(waiting())],
    ]);
    await login.refresh();
    const entering = login.enterCode('111111');
    login.edited();
    answer.resolve(silent);
    await entering;
    expect(login.shown().trouble).toEqual({ wish: 'code' });
    await login.refresh();
    expect(asked.filter(({ request }) => request === 'POST /logins/a/otp')).toHaveLength(1);
    expect(left).toEqual([]);
  });

  test('a code that is wanted again is another wish than the one before, once the user has gone on', async () => {
    const { login, keys } = page({ login: { id: 'a', key: 'k' } }, [
      ['GET /logins/a', done(waiting())],
      ['POST /logins/a/resend', silent],
      ['POST /logins/a/resend', done(waiting(), 202)],
    ]);
    await login.refresh();
    await login.resend();
    login.edited();
    await login.resend();
    expect(keys()).toEqual(['key-1', 'key-2']);
  });
});

describe('a resend of which the answer was lost', () => {
  const view = (resendsLeft: number) => done({ ...waiting(), resendsLeft });
  const lost: [string, Answered<unknown>][] = [
    ['GET /logins/a', view(3)],
    ['POST /logins/a/resend', silent],
  ];

  test('keeps its key for as long as it is repeated', async () => {
    const { login, keys } = page({ login: { id: 'a', key: 'k' } }, [
      ...lost,
      ['POST /logins/a/resend', silent],
      ['POST /logins/a/resend', done({ ...waiting(), resendsLeft: 2 }, 202)],
    ]);
    await login.refresh();
    await login.resend();
    await login.again();
    await login.refresh();
    expect(keys()).toEqual(['key-1', 'key-1', 'key-1']);
  });

  test('is over once a view counts it: the next one is another wish', async () => {
    const { login, keys } = page({ login: { id: 'a', key: 'k' } }, [
      ...lost,
      ['GET /logins/a', view(2)],
      ['POST /logins/a/resend', done({ ...waiting(), resendsLeft: 1 }, 202)],
    ]);
    await login.refresh();
    await login.resend();
    login.mistaken('code', { text: 'Enter the six digits from the SMS.', field: 'code' });
    await login.refresh();
    await login.resend();
    expect(keys()).toEqual(['key-1', 'key-2']);
  });

  test('is over once the user goes to the other form', async () => {
    const { login, keys } = page({ login: { id: 'a', key: 'k' } }, [
      ...lost,
      ['POST /logins/a/resend', done({ ...waiting(), resendsLeft: 1 }, 202)],
    ]);
    await login.refresh();
    await login.resend();
    login.goTo('code');
    await login.resend();
    expect(keys()).toEqual(['key-1', 'key-2']);
  });
});

describe('a session', () => {
  const signedIn: Kept = { login: { id: 'a', key: 'k' }, session };

  test('is asked for after a reload, and whoever listens is told of its login', async () => {
    const { login, told } = page(signedIn, [['GET /session', done({})]]);
    expect(login.shown().starting).toBe(true);
    await login.refresh();
    expect(login.shown()).toMatchObject({
      starting: false,
      session,
      view: { loginId: 'a', state: 'LoggedIn' },
    });
    expect(told).toEqual(['a']);
  });

  test('is kept where nobody answers, or something is down', async () => {
    for (const answer of [silent, refused('try-again', 503)]) {
      const { login, stored } = page(signedIn, [['GET /session', answer]]);
      await login.refresh();
      expect(stored().session).toEqual(session);
      expect(login.shown().trouble?.wish).toBe('look');
    }
  });

  test('that is no longer taken is forgotten, and what became of it is asked', async () => {
    const { login, stored } = page(signedIn, [
      ['GET /session', refused('invalid-session', 401)],
      ['GET /logins/a', done({ loginId: 'a', state: 'LoggedOut' })],
    ]);
    await login.refresh();
    expect(stored().session).toBeUndefined();
    expect(login.shown().view?.state).toBe('LoggedOut');
  });

  test('of a login that is gone leads to the beginning', async () => {
    const { login, stored } = page(signedIn, [
      ['GET /session', refused('invalid-session', 401)],
      ['GET /logins/a', refused('not-found', 404)],
    ]);
    await login.refresh();
    expect(stored()).toEqual({});
    expect(login.shown()).toMatchObject({ view: undefined, trouble: { refusal: { name: 'not-found' } } });
  });
});
