/** How a login ends, when, and how long what is left of it is kept. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { final } from '../definitions/mfa-login.table.ts';
import { createScene, reach, type Scene, submitWrong } from './mfa-login.scenes.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const check = () => scene.deliverer.check(scene.flow, 'login');
const state = async () => (await scene.record('login'))?.state;

describe('the deadline', () => {
  test.each([
    ['WaitForOtpInput', 300, 'OtpExpired'],
    ['LoggedIn', 900, 'SessionExpired'],
  ])('of %s passes after %i s, not before, and leads to %s', async (from, seconds, to) => {
    await reach[from]?.(scene, 'login');
    scene.clock.advance(seconds * 1000 - 1);
    expect(await check()).toMatchObject({ status: 'rejected', reason: 'NothingDue' });
    await scene.reconcile();
    expect(await state()).toBe(from);
    scene.clock.advance(1);
    await scene.reconcile();
    expect(await state()).toBe(to);
    expect(await check()).toMatchObject({ status: 'rejected', reason: 'NothingDue' });
  });

  test('of a code does not end the session that came of it', async () => {
    await reach['LoggedIn']?.(scene, 'login');
    scene.clock.advance(300_000);
    await scene.reconcile();
    expect(await state()).toBe('LoggedIn');
  });

  test.each(['WaitForOtpInput', 'LoggedIn'])('of %s is nobody else’s to declare', async (from) => {
    await reach[from]?.(scene, 'login');
    scene.transactions.length = 0;
    expect(await scene.tell('login', 'DeadlinePassed')).toMatchObject({ status: 'rejected', state: from });
    expect(scene.transactions).toEqual([]);
  });

  test('moves with nothing that happens while the code is awaited', async () => {
    await reach['WaitForOtpInput']?.(scene, 'login');
    scene.clock.advance(120_000);
    await scene.tell('login', 'ResendRequested');
    await submitWrong(scene, 'login', 1);
    await scene.tell('login', 'SmsFailed', { version: 2 });
    scene.clock.advance(180_000);
    await scene.reconcile();
    expect(await state()).toBe('OtpExpired');
  });
});

describe('what is left of a login', () => {
  test.each(final)('in %s has no deadline, stays for its time, then is gone', async (name) => {
    await reach[name]?.(scene, 'login');
    const record = await scene.record('login');
    const seconds = name === 'Denied' ? 900 : 86_400;
    expect(record?.state).toBe(name);
    expect(record).not.toHaveProperty('deadline');
    expect(record?.expiresAt).toBe(new Date(scene.clock.now() + seconds * 1000).toISOString());

    scene.clock.advance(seconds * 1000 - 1);
    expect(await state()).toBe(name);
    scene.clock.advance(1);
    expect(await state()).toBeUndefined();
    expect(await scene.tell('login', 'OtpSubmitted', { code: '000000' })).toEqual({ status: 'not-found' });
  });

  test('makes room for a new login of the same id, whose versions go on', async () => {
    await reach['Denied']?.(scene, 'login');
    scene.clock.advance(900_000);
    const answer = await scene.tell('login', 'LoginRequested', {
      username: 'demo',
      password: 'correct-horse-battery',
      source: '192.0.2.1',
    });
    expect(answer).toMatchObject({ status: 'applied', state: 'WaitForOtpInput', version: 2 });
  });
});

describe('a login', () => {
  test('that is cancelled takes no code any more', async () => {
    await reach['Cancelled']?.(scene, 'login');
    expect(await scene.tell('login', 'OtpSubmitted', { code: scene.code() })).toMatchObject({
      status: 'rejected',
      state: 'Cancelled',
    });
  });

  test('keeps a trail of all that happened to it, and every step is one of the definition', async () => {
    await reach['LoggedOut']?.(scene, 'login');
    const trail = (await scene.record('login'))?.trail ?? [];
    expect(trail.map(({ version, from, type, to, facts }) => [version, from, type, to, facts])).toEqual([
      [1, 'New', 'LoginRequested', 'WaitForOtpInput', ['PasswordAccepted', 'OtpSent']],
      [2, 'WaitForOtpInput', 'OtpSubmitted', 'LoggedIn', ['OtpAccepted', 'SessionMinted']],
      [3, 'LoggedIn', 'LogoutRequested', 'LoggedOut', []],
    ]);
  });
});
