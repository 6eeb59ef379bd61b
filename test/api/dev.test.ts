/** The development endpoints: the phone, users, what is stored, the clock. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rows } from '../../core/definition.ts';
import type { JsonObject } from '../../core/types.ts';
import { demoUser } from '../../local/users.ts';
import { bearer, eventually, expectProblem, type Http, openHttp, restarted } from '../support/http.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const expectInvalid = async (path: string, body: unknown, fields: string[]) => {
  const reply = await http.post(path, body);
  const errors = (reply.body['errors'] ?? []) as JsonObject[];
  expectProblem(reply, 400, 'invalid-request', { members: { errors } });
  expect(errors.map((error) => error['path']).sort()).toEqual([...fields].sort());
};

describe('GET /dev/sms', () => {
  const inbox = async (query = '') =>
    (await http.get(`/dev/sms${query}`)).body['messages'] as unknown as { to: string; effectId: string }[];

  test('200 with all messages, newest last, each of exactly this shape', async () => {
    expect((await http.get('/dev/sms')).body).toEqual({ messages: [] });
    const first = await http.begin();
    await http.code(first);
    await http.advance(30);
    await http.post(`/logins/${first}/resend`);
    const second = await http.begin();
    const messages = await eventually(inbox, ({ length }) => length === 3);
    expect(messages.map(({ effectId }) => effectId.split('/')[0])).toEqual([first, first, second]);
    for (const message of messages) {
      expect(message).toEqual({
        to: demoUser.phone,
        body: expect.stringMatching(/^\d{6} /),
        sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        effectId: expect.stringMatching(/^[\w-]+\/\d+\/1$/),
      });
    }
  });

  test('?to= chooses a number, escaped or with its plus as it is', async () => {
    const other = await http.user('someone');
    await http.code(await http.begin());
    await http.code(await http.begin(other));
    for (const query of [encodeURIComponent(other.phone), other.phone])
      expect((await inbox(`?to=${query}`)).map(({ to }) => to)).toEqual([other.phone]);
    expect(await inbox('?to=%2B15555550999')).toEqual([]);
  });

  test('the inbox survives a restart and stores no code', async () => {
    const code = await http.code(await http.begin());
    const stored = await http.runtime.table.query('inbox', 'sms', '');
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(code);
    const before = await inbox();
    http = await restarted(http);
    expect((await http.get('/dev/sms')).body['messages']).toEqual(before);
  });
});

describe('POST /dev/users', () => {
  const user = { username: 'someone', password: 'a pass phrase', phone: '+4915112345678' };
  const login = (password: string) => http.post('/logins', { username: user.username, password });

  test('201; the user can sign in and gets the code on that phone', async () => {
    expect((await http.post('/dev/users', user)).status).toBe(201);
    const reply = await login(user.password);
    expect(reply).toMatchObject({ status: 201, body: { phone: '+4•••••••5678' } });
    await http.code(String(reply.body['loginId']));
    expect(await http.runtime.inbox.messages(user.phone)).toHaveLength(1);
  });

  test('the same name again replaces password and phone', async () => {
    await http.user(user.username);
    await http.post('/dev/users', user);
    expect((await login('pass-phrase-of-someone')).status).toBe(401);
    expect((await login(user.password)).body['phone']).toBe('+4•••••••5678');
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['username', 'password', 'phone']],
    [
      'wrong types',
      { username: 1, password: true, phone: 15_555_550_100 },
      ['username', 'password', 'phone'],
    ],
    ['unknown fields', { ...user, role: 'admin' }, ['role']],
    ['a phone without a plus', { ...user, phone: '15555550100' }, ['phone']],
    ['a phone that is too short', { ...user, phone: '+1555' }, ['phone']],
    ['a phone that is too long', { ...user, phone: '+1234567890123456' }, ['phone']],
    ['a phone with spaces', { ...user, phone: '+1 555 555 0100' }, ['phone']],
    ['an empty name', { ...user, username: '' }, ['username']],
  ])('400 for %s, and nobody is written', async (_name, body, paths) => {
    await expectInvalid('/dev/users', body, paths);
    const key = { table: 'users', pk: `user#${user.username}`, sk: 'profile' };
    expect(await http.runtime.table.read(key)).toBeUndefined();
  });
});

describe('GET /dev/flows', () => {
  test('/{flow}/{id}: 200 with the record and its entries', async () => {
    const { loginId } = await http.session();
    const { status, body } = await http.get(`/dev/flows/mfa-login/${loginId}`);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['entries', 'record']);
    expect(body['record']).toMatchObject({
      flow: 'mfa-login',
      flowId: loginId,
      state: 'LoggedIn',
      version: 2,
    });
    expect(body['entries']).toMatchObject([
      { version: 1, from: 'New', to: 'WaitForOtpInput', effects: [{ kind: 'sms', id: `${loginId}/1/1` }] },
    ]);
  });

  test('/{flow}/definition: 200 with the States Language, its substitutions filled in', async () => {
    const { status, body, text } = await http.get('/dev/flows/mfa-login/definition');
    expect(status).toBe(200);
    expect(body).toMatchObject({ StartAt: 'Route', States: { WaitForOtpInput: { Type: 'Pass' } } });
    expect(text).not.toContain('${');
    expect(rows(body as unknown as Parameters<typeof rows>[0])).toHaveLength(8);
  });

  test('404 for a flow or an instance that does not exist', async () => {
    for (const path of [
      'nothing/definition',
      'nothing/any',
      'mfa-login/nothing',
      '__proto__/any',
      'constructor/any',
    ])
      expectProblem(await http.get(`/dev/flows/${path}`), 404, 'not-found');
  });
});

describe('POST /dev/clock', () => {
  test('lets what is being performed come to its end: a jump past its lease sends no second SMS', async () => {
    for (let jump = 1; jump <= 5; jump++) {
      const loginId = await http.begin(await http.user(`jumps-${jump}`));
      await http.advance(61);
      await http.advance(61);
      expect(await http.messages(loginId)).toHaveLength(1);
    }
  });

  const now = async (advanceSeconds: number) =>
    Date.parse(String((await http.advance(advanceSeconds)).body['now']));

  test('200 with the new time; zero only tells it; parts of a second count', async () => {
    const start = await now(0);
    expect(Math.round(((await now(3_600)) - start) / 1000)).toBe(3_600);
    const half = await now(0);
    expect((await now(0.5)) - half).toBeGreaterThanOrEqual(500);
    expect((await http.advance(0)).status).toBe(200);
  });

  test.each<[string, unknown, string]>([
    ['backwards', { advanceSeconds: -1 }, 'advanceSeconds'],
    ['text', { advanceSeconds: '60' }, 'advanceSeconds'],
    ['nothing', {}, 'advanceSeconds'],
    ['for ever', { advanceSeconds: 1e12 }, 'advanceSeconds'],
    ['another field', { advanceSeconds: 1, to: '2030-01-01' }, 'to'],
  ])('400 for %s, and the clock stays', async (_name, body, path) => {
    const start = await now(0);
    await expectInvalid('/dev/clock', body, [path]);
    expect((await now(0)) - start).toBeLessThan(1_000);
  });

  test('answers when the reconciler has run', async () => {
    const waiting = await http.begin();
    const { loginId } = await http.session();
    await http.advance(300);
    expect(await http.stateOf(waiting)).toBe('OtpExpired');
    await http.advance(600);
    expect(await http.stateOf(loginId)).toBe('SessionExpired');
  });

  test('is kept over a restart, with whatever follows from it', async () => {
    const { loginId, token } = await http.session();
    await http.advance(100);
    const before = await now(500);
    http = await restarted(http);
    expect(http.runtime.clock.now()).toBeGreaterThanOrEqual(before);
    expect((await http.get('/session', bearer(token))).status).toBe(200);
    await http.advance(301);
    expect(await http.stateOf(loginId)).toBe('SessionExpired');
  });

  test('moves in parallel all count, over a restart too', async () => {
    const start = http.runtime.clock.now();
    await Promise.all([now(1_000), now(1_000), now(1_000)]);
    const moved = http.runtime.clock.now();
    expect(moved - start).toBeGreaterThanOrEqual(3_000_000);
    http = await restarted(http);
    expect(http.runtime.clock.now()).toBeGreaterThanOrEqual(moved);
  });
});
