/** Messages: sent again on request or after a failure, always with the same code, and never more than the quota allows. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EffectError } from '../../core/errors.ts';
import { createScene, newestSms, reach, type Scene, submitWrong } from './mfa-login.scenes.ts';

const HOUR = 3_600_000;

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const record = () => scene.record('login');
const resend = () => scene.tell('login', 'ResendRequested');
const coolDown = () => scene.clock.advance(scene.settings.resendCooldownSeconds * 1000);
const failed = async (version: number) => scene.tell('login', 'SmsFailed', { version, reason: 'test' });

describe('a resend', () => {
  beforeEach(() => reach['WaitForOtpInput']?.(scene, 'login'));

  test('carries the same code, and resets neither the deadline nor the attempts', async () => {
    await submitWrong(scene, 'login', 2);
    const before = await record();
    coolDown();
    expect(await resend()).toMatchObject({ status: 'applied', state: 'WaitForOtpInput' });
    await scene.relayAll('login');
    const [first, second] = scene.sms;
    expect(scene.sms).toHaveLength(2);
    expect(second?.body).toBe(first?.body);
    expect(second?.effectId).not.toBe(first?.effectId);

    const after = await record();
    expect(after?.deadline).toBe(before?.deadline);
    expect(after?.data).toEqual({
      ...before?.data,
      resendsLeft: 2,
      resendAvailableAt: '2026-11-24T12:01:00.000Z',
      smsVersion: 4,
    });
  });

  test('waits for its cool-down, and says how long', async () => {
    scene.clock.advance(29_999);
    expect(await resend()).toMatchObject({
      status: 'rejected',
      reason: 'ResendTooEarly',
      reply: { retryAt: '2026-11-24T12:00:30.000Z' },
    });
    scene.clock.advance(1);
    expect(await resend()).toMatchObject({ outcome: 'OtpSent' });
    expect(await resend()).toMatchObject({
      reason: 'ResendTooEarly',
      reply: { retryAt: '2026-11-24T12:01:00.000Z' },
    });
  });

  test('is to be had three times', async () => {
    for (const left of [2, 1, 0]) {
      coolDown();
      expect(await resend()).toMatchObject({ outcome: 'OtpSent', view: { resendsLeft: left } });
    }
    coolDown();
    scene.transactions.length = 0;
    expect(await resend()).toMatchObject({ status: 'rejected', reason: 'NoResendsLeft' });
    expect(scene.transactions).toEqual([]);
  });

  test('of a code that has expired is refused, whether or not the reconciler has come by, and takes nothing', async () => {
    scene.clock.advance(scene.settings.codeSeconds * 1000);
    scene.transactions.length = 0;
    expect(await resend()).toMatchObject({ status: 'rejected', reason: 'ResendTooLate' });
    expect(scene.transactions).toEqual([]);
  });

  test('does not repeat itself under the same event id', async () => {
    coolDown();
    const first = await scene.tell('login', 'ResendRequested', {}, 'same');
    expect(await scene.tell('login', 'ResendRequested', {}, 'same')).toEqual({ ...first, replayed: true });
    await scene.relayAll('login');
    expect(scene.sms).toHaveLength(2);
  });
});

describe('the quota', () => {
  test('is taken in the transaction that asks for the message', async () => {
    await scene.begin('login');
    expect(scene.transactions).toHaveLength(1);
    const tables = scene.transactions[0]?.map(({ key }) => `${key.table} ${key.sk}`);
    expect(tables).toEqual(expect.arrayContaining(['flows entry#0000000001', 'quotas windows']));
  });

  test('allows five messages to a phone in an hour, whatever they are for', async () => {
    await scene.begin('login');
    coolDown();
    await resend();
    await failed(await newestSms(scene, 'login'));
    await scene.begin('second');
    await scene.begin('third');
    const denied = await scene.begin('fourth');
    expect(denied).toMatchObject({
      status: 'applied',
      state: 'Denied',
      outcome: 'QuotaUsedUp',
      view: { retryAt: '2026-11-24T13:00:00.000Z' },
    });
    coolDown();
    expect(await resend()).toMatchObject({
      status: 'rejected',
      reason: 'ResendThrottled',
      reply: { retryAt: '2026-11-24T13:00:00.000Z' },
    });
    expect(await failed(await newestSms(scene, 'login'))).toMatchObject({ state: 'DeliveryFailed' });

    scene.clock.advance(HOUR - 60_001);
    expect(await scene.begin('too-early')).toMatchObject({ outcome: 'QuotaUsedUp' });
    scene.clock.advance(1);
    expect(await scene.begin('an-hour-later')).toMatchObject({ outcome: 'OtpSent' });
  });

  test('allows ten in a day', async () => {
    for (let hour = 0; hour < 2; hour++) {
      for (let n = 1; n <= 5; n++) {
        expect(await scene.begin(`${hour}-${n}`)).toMatchObject({ outcome: 'OtpSent' });
      }
      scene.clock.advance(HOUR);
    }
    expect(await scene.begin('eleventh')).toMatchObject({
      outcome: 'QuotaUsedUp',
      view: { retryAt: '2026-11-25T12:00:00.000Z' },
    });
    scene.clock.advance(22 * HOUR - 1);
    expect(await scene.begin('too-early')).toMatchObject({ outcome: 'QuotaUsedUp' });
    scene.clock.advance(1);
    expect(await scene.begin('next-day')).toMatchObject({ outcome: 'OtpSent' });
  });

  test('says the later instant where both are used up', async () => {
    for (let n = 1; n <= 5; n++) await scene.begin(`first-${n}`);
    scene.clock.advance(HOUR);
    for (let n = 1; n <= 5; n++) await scene.begin(`second-${n}`);
    expect(await scene.begin('eleventh')).toMatchObject({ view: { retryAt: '2026-11-25T12:00:00.000Z' } });
  });

  test('holds against logins that begin at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => scene.begin(`login-${n}`)));
    expect(answers.filter((answer) => 'state' in answer && answer.state === 'WaitForOtpInput')).toHaveLength(
      5,
    );
    expect(answers.filter((answer) => 'outcome' in answer && answer.outcome === 'QuotaUsedUp')).toHaveLength(
      7,
    );
  });

  test('is another one for another phone, and the number is not in its name', async () => {
    await scene.begin('login');
    const taken = scene.transactions[0]?.find(({ key }) => key.table === 'quotas');
    expect(JSON.stringify(taken)).not.toContain('5550100');
  });
});

describe('a message that failed', () => {
  test('is sent again twice; the third failure gives the login up', async () => {
    await reach['WaitForOtpInput']?.(scene, 'login');
    const before = await record();
    for (const left of [1, 0]) {
      expect(await failed(await newestSms(scene, 'login'))).toMatchObject({
        state: 'WaitForOtpInput',
        outcome: 'OtpSent',
      });
      expect((await record())?.data).toMatchObject({
        smsRetriesLeft: left,
        resendsLeft: before?.data['resendsLeft'],
        resendAvailableAt: before?.data['resendAvailableAt'],
        attemptsLeft: before?.data['attemptsLeft'],
      });
      expect((await record())?.deadline).toBe(before?.deadline);
    }
    expect(await failed(await newestSms(scene, 'login'))).toMatchObject({
      state: 'DeliveryFailed',
      outcome: 'DeliveryGivenUp',
    });
    await scene.relayAll('login');
    expect(new Set(scene.sms.map(({ body }) => body)).size).toBe(1);
  });

  test('matters only if it is the newest', async () => {
    await reach['WaitForOtpInput']?.(scene, 'login');
    const older = await newestSms(scene, 'login');
    coolDown();
    await resend();
    const before = await record();
    expect(await failed(older)).toMatchObject({ state: 'WaitForOtpInput', outcome: 'SmsSuperseded' });
    expect((await record())?.data).toEqual(before?.data);
    expect(scene.transactions.at(-1)?.map(({ key }) => key.sk)).toEqual(['record']);
    expect(await failed(99)).toMatchObject({ outcome: 'SmsSuperseded' });
    expect(await failed(await newestSms(scene, 'login'))).toMatchObject({ outcome: 'OtpSent' });
  });

  test('comes from the relay itself: three refused by the network end in DeliveryFailed', async () => {
    let sent = 0;
    const refusing = await createScene({
      send: () => {
        sent++;
        throw new EffectError('permanent', 'refused');
      },
    });
    await refusing.begin('login');
    for (let n = 0; n < 3; n++) await refusing.relayAll('login');
    const ended = await refusing.record('login');
    expect(ended?.state).toBe('DeliveryFailed');
    expect(ended?.trail.map(({ to, facts }) => [to, facts.at(-1)])).toEqual([
      ['WaitForOtpInput', 'OtpSent'],
      ['WaitForOtpInput', 'OtpSent'],
      ['WaitForOtpInput', 'OtpSent'],
      ['DeliveryFailed', 'DeliveryGivenUp'],
    ]);
    expect(sent).toBe(3);
    refusing.close();
  });

  test('comes from the relay where all its claims are used up; the next one goes, with the same code', async () => {
    const tries: number[] = [];
    let down = true;
    const bodies: string[] = [];
    const busy = await createScene({
      async send({ body }) {
        tries.push(busy.clock.now());
        if (down) throw new EffectError('transient', 'busy');
        bodies.push(body);
        return { receipt: 'sent' };
      },
    });
    await busy.begin('login');
    const begun = busy.clock.now();
    await busy.relayAll('login');
    const failed = async () =>
      (await busy.record('login'))?.trail.some(({ type }) => type === 'SmsFailed') ?? false;
    for (let second = 0; second < busy.settings.codeSeconds && !(await failed()); second++) {
      busy.clock.advance(1_000);
      await busy.reconcile();
    }
    expect(tries).toHaveLength(5 * 3);
    expect(busy.clock.now() - begun).toBeLessThan(busy.settings.codeSeconds * 1000);
    expect((await busy.record('login'))?.trail.at(-1)).toMatchObject({
      type: 'SmsFailed',
      facts: ['OtpSent'],
      to: 'WaitForOtpInput',
    });

    down = false;
    await busy.relayAll('login');
    const [body = ''] = bodies;
    expect(bodies).toHaveLength(1);
    expect(await busy.tell('login', 'OtpSubmitted', { code: body.slice(0, 6) })).toMatchObject({
      state: 'LoggedIn',
    });
    busy.close();
  });
});

describe('a message that nobody waits for any more', () => {
  test('is not sent once its code has expired', async () => {
    await scene.begin('login');
    scene.clock.advance(scene.settings.codeSeconds * 1000);
    await scene.relayAll('login');
    expect(scene.sms).toEqual([]);
  });

  test('fails without a word where the login has ended', async () => {
    await reach['Cancelled']?.(scene, 'login');
    scene.transactions.length = 0;
    expect(await failed(1)).toMatchObject({ status: 'rejected', state: 'Cancelled' });
    expect(scene.transactions).toEqual([]);
  });
});
