/** The first factor: a refusal tells nothing, and nothing of what was typed stays. */
import { scrypt } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../core/delivery.ts';
import { verifyPassword } from '../../flows/mfa-login/actions/verify-password.ts';
import { hashPassword, NO_PASSWORD, passwordCost, passwordMatches } from '../../flows/mfa-login/password.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { demoUser } from '../../local/users.ts';
import { cheapCost } from '../support/world.ts';
import { createScene, type Scene } from './mfa-login.scenes.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await createScene({ settings: { failuresBeforeDelay: 2 } });
});
afterEach(() => scene.close());

const visible = (answer: Answer) => {
  const { record: _, ...rest } = answer as Answer & { record?: unknown };
  return rest;
};

describe('a refused login', () => {
  const begin = async (id: string, password: string, username = demoUser.username) => {
    scene.transactions.length = 0;
    const answer = await scene.begin(id, password, undefined, username);
    return { answer: visible(answer), writes: scene.transactions.map((writes) => writes.length) };
  };

  test('is the same for a wrong password, an unknown user, and either during a delay', async () => {
    const wrong = await begin('wrong', 'wrong');
    const unknown = await begin('unknown', 'wrong', 'nobody');
    await begin('wrong-2', 'wrong');
    await begin('unknown-2', 'wrong', 'nobody');
    const delayed = await begin('delayed', 'wrong');
    const delayedRight = await begin('delayed-right', demoUser.password);
    const delayedUnknown = await begin('delayed-unknown', 'wrong', 'nobody');

    expect(wrong).toEqual({
      answer: {
        status: 'applied',
        outcome: 'PasswordRefused',
        state: 'Denied',
        version: 1,
        view: {},
        reply: {},
        replayed: false,
      },
      writes: [3],
    });
    for (const other of [unknown, delayed, delayedRight, delayedUnknown]) expect(other).toEqual(wrong);
  });

  test('leaves neither the name nor the password nor the address behind', async () => {
    await scene.begin('one', 'a-wrong-secret', '198.51.100.7', 'somebody');
    const written = JSON.stringify(scene.transactions);
    for (const text of ['a-wrong-secret', '198.51.100.7', 'somebody']) expect(written).not.toContain(text);
  });

  test('asks for no SMS and takes nothing from the quota', async () => {
    await scene.begin('one', 'wrong');
    expect(scene.transactions[0]?.map(({ key }) => key.table)).toEqual(['flows', 'users', 'users']);
    expect((await scene.record('one'))?.data).toEqual({});
  });
});

describe('the fingerprint of a request', () => {
  const fingerprints = async () => (await scene.record('one'))?.trail.map(({ fingerprint }) => fingerprint);

  test('confirms no guess at a password or a code: 16 bits of it are kept', async () => {
    await scene.begin('one');
    await scene.relayAll('one');
    await scene.tell('one', 'OtpSubmitted', { code: scene.code() });
    await scene.tell('one', 'LogoutRequested');
    expect((await fingerprints())?.map(({ length }) => length)).toEqual([4, 4, 32]);
  });

  test('does not depend on the address that it came from', async () => {
    const first = await scene.begin('one');
    const again = await scene.begin('one', undefined, '198.51.100.7');
    expect(again).toEqual({ ...first, reply: {}, replayed: true });
    expect(await scene.begin('one', 'another')).toEqual({ status: 'key-reused' });
  });
});

describe('an accepted password', () => {
  test('leads to one transaction: the state, the message to send, and the quota it takes', async () => {
    const answer = await scene.begin('one');
    expect(answer).toMatchObject({ state: 'WaitForOtpInput', outcome: 'OtpSent', version: 1 });
    expect(scene.transactions).toHaveLength(1);
    const keys = scene.transactions[0]?.map(({ op, key }) => `${op} ${key.table} ${key.sk}`);
    expect(keys).toEqual([
      'put flows record',
      'put flows entry#0000000001',
      'check users account',
      'put quotas windows',
    ]);
  });

  test('shows no more than the view: the phone masked, no name, no counter of the code', async () => {
    const answer = await scene.begin('one');
    expect('view' in answer && answer.view).toEqual({
      phone: '+1•••••••0100',
      expiresAt: '2026-11-24T12:05:00.000Z',
      attemptsLeft: 3,
      resendsLeft: 3,
      resendAvailableAt: '2026-11-24T12:00:30.000Z',
    });
  });
});

describe('a stored password', () => {
  const salt = Buffer.alloc(16, 7);

  test('matches itself, however its characters were composed, and nothing else', async () => {
    const stored = await hashPassword('Zoë', salt, cheapCost);
    expect(await passwordMatches('Zoe\u0308', stored)).toBe(true);
    expect(await passwordMatches('Zoe', stored)).toBe(false);
    expect(await passwordMatches('', stored)).toBe(false);
  });

  test('of nobody matches nothing, at the cost of a real one', async () => {
    expect(await passwordMatches('', NO_PASSWORD)).toBe(false);
    const { N, r, p } = passwordCost;
    expect(NO_PASSWORD.startsWith(`scrypt$${N}$${r}$${p}$`)).toBe(true);
    expect((await hashPassword('x', salt)).startsWith(`scrypt$${N}$${r}$${p}$`)).toBe(true);
  });
});

test('while passwords are being checked there is a thread for what takes a moment', async () => {
  const order: string[] = [];
  const settings = { ...defaultSettings };
  const action = verifyPassword(settings);
  const stored = await hashPassword('right', Buffer.alloc(16, 1));
  const tools = {
    read: {
      get: async (pk: string) =>
        pk.startsWith('user#') ? { password: stored, phone: '+15550100123' } : undefined,
      query: async () => [],
    },
    secret: async () => 'a-secret',
  };
  const check = async (n: number) => {
    const event = {
      id: 'e',
      type: 'LoginRequested',
      at: '',
      payload: { username: 'one', password: 'right', source: '' },
    };
    const input = {
      flowId: String(n),
      nextVersion: 1,
      data: {},
      event,
      now: '2026-11-24T12:00:00.000Z',
      effectId: () => '',
    };
    const { outcome } = await action.run(input, tools);
    order.push(outcome);
  };
  // As many as Node's pool has threads: without a limit they would have all of them.
  const checks = Array.from({ length: 4 }, (_, n) => check(n));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => scrypt('a', 'moment', 32, { N: 2, r: 1, p: 1 }, resolve));
  order.push('a moment');
  await Promise.all(checks);
  expect(order).toEqual(['a moment', ...Array(4).fill('PasswordAccepted')]);
});
