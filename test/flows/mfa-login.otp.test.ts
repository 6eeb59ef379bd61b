/** The second factor: how often a code may be tried, for how long, and that it works once. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { smsBody } from '../../flows/mfa-login/otp.ts';
import { verifySession } from '../../flows/mfa-login/session.ts';
import { testSecrets } from '../support/world.ts';
import { createScene, reach, type Scene, submitWrong, wrongCode } from './mfa-login.scenes.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
  await reach['WaitForOtpInput']?.(scene, 'login');
});
afterEach(() => scene.close());

const submit = (code = scene.code(), id?: string) => scene.tell('login', 'OtpSubmitted', { code }, id);
const data = async () => (await scene.record('login'))?.data ?? {};

describe('the text of the SMS', () => {
  test.each([
    [30, '30 seconds'],
    [119, '119 seconds'],
    [120, '2 minutes'],
    [179, '2 minutes'],
    [600, '10 minutes'],
  ])('a code of %d s is called valid for %s', (codeSeconds, lifetime) => {
    const body = smsBody('012345', codeSeconds);
    expect(body).toContain(`valid for ${lifetime}.`);
    expect(body.length).toBeLessThanOrEqual(160);
  });
});

describe('the code', () => {
  test('is the HOTP of the login (RFC 4226, 5.3), its counter the instant of creation', async () => {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Number((await data())['codeCounter'])));
    const secret = createHmac('sha256', await testSecrets('otp'))
      .update('login')
      .digest();
    const hash = createHmac('sha1', secret).update(counter).digest();
    const truncated = hash.readUInt32BE((hash.at(-1) ?? 0) & 0x0f) & 0x7fff_ffff;
    expect(scene.code()).toBe(String(truncated % 1_000_000).padStart(6, '0'));
    expect((await data())['codeCounter']).toBe(Date.parse('2026-11-24T12:00:00.000Z'));
  });

  test('is written down nowhere', async () => {
    await submitWrong(scene, 'login', 1);
    await submit();
    const written = JSON.stringify(scene.transactions);
    expect(written).not.toContain(scene.code());
    expect(written).not.toContain(wrongCode(scene));
  });

  test('of one login is not that of another', async () => {
    const first = scene.code();
    await reach['WaitForOtpInput']?.(scene, 'other');
    expect(scene.code()).not.toBe(first);
    expect(await submit(scene.code())).toMatchObject({ outcome: 'OtpInvalid' });
  });

  test('works once', async () => {
    expect(await submit()).toMatchObject({ state: 'LoggedIn' });
    expect(await submit()).toMatchObject({ status: 'rejected', reason: 'NotAllowed' });
  });

  test.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('is not %p', async (code) => {
    expect(await submit(code)).toMatchObject({ outcome: 'OtpInvalid' });
  });
});

describe('a wrong code', () => {
  test('takes one attempt and moves no deadline', async () => {
    const before = await scene.record('login');
    scene.clock.advance(60_000);
    expect(await submit(wrongCode(scene))).toMatchObject({
      status: 'applied',
      outcome: 'OtpInvalid',
      state: 'WaitForOtpInput',
      view: { attemptsLeft: 2, expiresAt: before?.data['expiresAt'] },
    });
    const after = await scene.record('login');
    expect(after?.deadline).toBe(before?.deadline);
    expect(after?.data).toEqual({ ...before?.data, attemptsLeft: 2 });
  });

  test('leaves the right one usable, up to the last attempt', async () => {
    await submitWrong(scene, 'login', 2);
    expect(await submit()).toMatchObject({ state: 'LoggedIn' });
  });

  test('at the last attempt locks the login: the right code comes too late', async () => {
    expect(await submitWrong(scene, 'login', 3)).toMatchObject({
      state: 'Locked',
      outcome: 'OtpExhausted',
      view: { attemptsLeft: 0 },
    });
    expect(await submit()).toMatchObject({ status: 'rejected', state: 'Locked' });
  });

  test('sent again under the same id is answered again and not counted again', async () => {
    const first = await submit(wrongCode(scene), 'same');
    expect(await submit(wrongCode(scene), 'same')).toEqual({ ...first, replayed: true });
    expect((await data())['attemptsLeft']).toBe(2);
  });
});

describe('time', () => {
  test('is up at the very instant, though nobody has come by to say so', async () => {
    scene.clock.advance(scene.settings.codeSeconds * 1000);
    expect((await scene.record('login'))?.state).toBe('WaitForOtpInput');
    expect(await submit()).toMatchObject({ state: 'OtpExpired', outcome: 'OtpTooLate', reply: {} });
  });

  test('is not up a moment before', async () => {
    scene.clock.advance(scene.settings.codeSeconds * 1000 - 1);
    expect(await submit()).toMatchObject({ state: 'LoggedIn' });
  });
});

describe('signing that fails', () => {
  test('uses up neither the code nor an attempt, and resets no counter', async () => {
    await submitWrong(scene, 'login', 2);
    const before = await scene.record('login');
    scene.transactions.length = 0;
    scene.fail('MintSession');
    expect(await submit(undefined, 'once')).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    expect(await submit(undefined, 'twice')).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    expect(scene.transactions).toEqual([]);
    expect(await scene.record('login')).toEqual(before);

    scene.mend();
    expect(await submit(undefined, 'once')).toMatchObject({ state: 'LoggedIn', replayed: false });
  });
});

describe('the session', () => {
  test('is a signed token for the caller alone; the record keeps what it says, not the token', async () => {
    scene.clock.advance(1_234);
    const answer = await submit(undefined, 'once');
    const token = 'reply' in answer ? String(answer.reply['token']) : '';
    const session = { issuedAt: '2026-11-24T12:00:01.000Z', expiresAt: '2026-11-24T12:15:01.000Z' };
    const now = new Date(scene.clock.now());
    const signing = await testSecrets('signing');
    expect(await verifySession(signing, token, now, scene.settings)).toEqual({
      sub: 'demo',
      loginId: 'login',
      ...session,
    });
    expect(answer).toMatchObject({ view: { session } });
    expect(JSON.stringify(scene.transactions)).not.toContain(token);
    expect(await submit(undefined, 'once')).toMatchObject({ replayed: true, reply: {}, view: { session } });
  });

  test.each([
    ['at its end', { after: 900_000 }],
    ['for another audience', { audience: 'other' }],
    ['of another issuer', { issuer: 'other' }],
    ['with another signature', { signature: true }],
  ])('is not valid %s', async (_what, { after = 0, signature, ...changes }: Changes) => {
    const answer = await submit();
    const token = 'reply' in answer ? String(answer.reply['token']) : '';
    const [head, body, sign = ''] = token.split('.');
    const flipped = `${sign[0] === 'A' ? 'B' : 'A'}${sign.slice(1)}`;
    const now = new Date(scene.clock.now() + after);
    const signing = await testSecrets('signing');
    const shown = [head, body, signature ? flipped : sign].join('.');
    expect(await verifySession(signing, shown, now, { ...scene.settings, ...changes })).toBeUndefined();
  });
});

interface Changes {
  after?: number;
  signature?: boolean;
  audience?: string;
  issuer?: string;
}
