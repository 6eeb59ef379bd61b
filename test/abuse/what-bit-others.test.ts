/**
 * What has gone wrong in the logins of others, each by name. None of it may happen here. What has gone wrong in their
 * workflows is in the file beside this one.
 */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { logSignal } from '../../local/log.ts';
import { demoUser } from '../../local/users.ts';
import { createScene, reach, wrongCode } from '../flows/mfa-login.scenes.ts';
import { eventually, expectProblem, type Http, openHttp, type Reply, withKey } from '../support/http.ts';
import { createWorld } from '../support/world.ts';

let http: Http;
beforeEach(async () => {
  http = await openHttp();
});
afterEach(() => http.close());

const reopen = async (options: Parameters<typeof openHttp>[0]) => {
  await http.close();
  http = await openHttp(options);
};
const { username, password, phone } = demoUser;
const login = (headers = {}) => http.post('/logins', { username, password }, headers);
const resend = (loginId: string) => http.post(`/logins/${loginId}/resend`);
const count = (replies: Reply[], status: number) => replies.filter((reply) => reply.status === status).length;
const atOnce = <T>(times: number, request: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, n) => request(n)));

/** A login that waits for its code, and how events reach it at two processes at once. */
async function atTwoProcesses() {
  const scene = await createScene();
  await reach['WaitForOtpInput']?.(scene, 'login');
  const other = await createWorld({ table: scene.table });
  const submit = (times: number, code: string) =>
    atOnce(times, (n) => (n % 2 ? scene : other).tell('login', 'OtpSubmitted', { code }, `try-${n}`));
  return { scene, submit };
}

describe('the same code accepted twice by parallel requests', () => {
  test('of a hundred at once, one gets a session', async () => {
    const loginId = await http.begin();
    const code = await http.code(loginId);
    const replies = await atOnce(100, () => http.submit(loginId, code));
    expect([count(replies, 200), count(replies, 409)]).toEqual([1, 99]);
    for (const reply of replies.filter(({ status }) => status === 409))
      expectProblem(reply, 409, 'wrong-state', { members: { state: 'LoggedIn' } });
  });

  test('of a hundred at two processes, one does, too', async () => {
    const { scene, submit } = await atTwoProcesses();
    const answers = await submit(100, scene.code());
    expect(answers.filter((answer) => 'reply' in answer && 'token' in answer.reply)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(99);
    expect((await scene.record('login'))?.version).toBe(2);
    scene.close();
  });
});

describe('parallel guesses past the cap', () => {
  test('a hundred get three attempts between them', async () => {
    const loginId = await http.begin();
    const guesses = await atOnce(100, (n) => http.wrong(loginId, n + 1));
    const replies = await Promise.all(guesses.map((guess) => http.submit(loginId, guess)));
    expect([count(replies, 401), count(replies, 423)]).toEqual([2, 98]);
    const { body } = await http.get(`/dev/flows/mfa-login/${loginId}`);
    const { trail } = body['record'] as unknown as { trail: { type: string }[] };
    expect(trail.filter(({ type }) => type === 'OtpSubmitted')).toHaveLength(3);
    expectProblem(await http.submit(loginId, await http.code(loginId)), 423, 'locked');
  });

  test('so do twenty at two processes', async () => {
    const { scene, submit } = await atTwoProcesses();
    const answers = await submit(20, wrongCode(scene));
    const outcomes = answers.map((answer) => ('outcome' in answer ? answer.outcome : answer.status));
    expect(outcomes.sort()).toEqual(
      ['OtpExhausted', 'OtpInvalid', 'OtpInvalid', ...Array(17).fill('rejected')].sort(),
    );
    expect(await scene.record('login')).toMatchObject({ state: 'Locked', version: 4 });
    scene.close();
  });

  test('the right code among them counts once or not at all', async () => {
    const loginId = await http.begin();
    const codes = await Promise.all([1, 2, 3, 4, 5].map((step) => http.wrong(loginId, step)));
    codes.splice(2, 0, await http.code(loginId), await http.code(loginId));
    const replies = await Promise.all(codes.map((code) => http.submit(loginId, code)));
    expect([count(replies, 200), count(replies, 401)]).toEqual([1, 2]);
  });
});

describe('resend resetting the attempts', () => {
  test('the third wrong code locks, whatever was sent between', async () => {
    const loginId = await http.begin();
    for (const step of [1, 2]) {
      await http.submit(loginId, await http.wrong(loginId, step));
      await http.advance(30);
      expect(await resend(loginId)).toMatchObject({ status: 202, body: { attemptsLeft: 3 - step } });
    }
    expectProblem(await http.submit(loginId, await http.wrong(loginId, 3)), 423, 'locked');
  });
});

describe('a page reload sending another SMS', () => {
  test('reading the login sends none', async () => {
    const loginId = await http.begin();
    await http.code(loginId);
    await http.advance(60);
    await atOnce(20, () => http.get(`/logins/${loginId}`));
    await http.runtime.reconcile();
    expect(await http.messages(loginId)).toHaveLength(1);
  });

  test('neither does sending the same form again, later or at once', async () => {
    const first = await login(withKey('form'));
    await http.code(String(first.body['loginId']));
    await http.advance(60);
    for (const reply of await atOnce(20, () => login(withKey('form')))) expect(reply.text).toBe(first.text);
    await http.runtime.reconcile();
    await http.runtime.idle();
    expect(await http.runtime.inbox.messages()).toHaveLength(1);
  });

  test('resend pressed many times at once sends one', async () => {
    const loginId = await http.begin();
    await http.advance(30);
    const replies = await atOnce(20, () => resend(loginId));
    expect([count(replies, 202), count(replies, 429)]).toEqual([1, 19]);
    await eventually(
      () => http.messages(loginId),
      ({ length }) => length === 2,
    );
  });
});

describe('limits keyed by IP but not by phone', () => {
  test('five SMS an hour to one phone, whoever asks from wherever', async () => {
    const users = [demoUser, await http.user('second', phone)];
    for (let sent = 0; sent < 5; sent++) {
      http.from.address = `198.51.100.${sent}`;
      await http.begin(users[sent % 2]);
    }
    for (const user of users) {
      http.from.address = '203.0.113.9';
      const reply = await http.post('/logins', { username: user.username, password: user.password });
      expectProblem(reply, 429, 'throttled', { retryAfter: true });
    }
    await http.begin(await http.user('third'));
  });

  test('asked for in parallel, too', async () => {
    await reopen({ environment: { SMS_QUOTA_PER_PHONE: '2' } });
    const replies = await atOnce(10, () => login());
    expect([count(replies, 201), count(replies, 429)]).toEqual([2, 8]);
  });

  test('ten a day', async () => {
    for (let sent = 0; sent < 10; sent++) {
      if (sent === 5) await http.advance(3_601);
      await http.begin();
    }
    await http.advance(3_601);
    expectProblem(await login(), 429, 'throttled', { retryAfter: true });
    await http.advance(86_400);
    await http.begin();
  });
});

describe('codes and numbers in logs', () => {
  test('no line holds one, even where every part that fails quotes what it was given', async () => {
    const bodies: string[] = [];
    await reopen({
      phone: {
        async send({ to, body }) {
          bodies.push(body);
          throw Object.assign(new Error(`cannot send "${body}" to ${to}`), { to, body });
        },
      },
    });
    const loginId = await http.begin();
    await http.runtime.idle();
    const code = bodies[0]?.slice(0, 6) ?? '';
    const table = jest.spyOn(http.runtime.table, 'transact');
    table.mockImplementationOnce((writes) => Promise.reject(new Error(JSON.stringify(writes))));
    expect(await login()).toMatchObject({ status: 500 });
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    table.mockImplementationOnce((writes) => Promise.reject(new Error(`${code} ${JSON.stringify(writes)}`)));
    expect(await http.submit(loginId, wrong)).toMatchObject({ status: 500 });
    table.mockRestore();
    expect((await http.submit(loginId, wrong)).status).toBe(401);
    const { body } = await http.submit(loginId, code);
    const { token } = body['session'] as { token: string };

    const lines: string[] = [];
    const output = jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    for (const signal of http.signals) logSignal(signal);
    output.mockRestore();
    const told = lines.map((line) => JSON.parse(line));
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'effect', effect: `${loginId}/1/1`, status: 'unknown' }),
    );
    expect(told.filter(({ type, where }) => type === 'failure' && where === 'api')).toHaveLength(2);
    const text = lines.join('') + JSON.stringify(http.signals);
    for (const secret of [code, wrong, token, password, phone, phone.slice(1), phone.slice(-7), '•'])
      expect(text).not.toContain(secret);
  });
});
