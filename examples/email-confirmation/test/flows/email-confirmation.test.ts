/** The email confirmation as people see it: mails, links, and the HTTP routes. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { respond } from '../../../../api/problem.ts';
import { EffectError, type EffectFailure } from '../../../../core/errors.ts';
import { emailConfirmationRoutes } from '../../api/email-confirmation-routes.ts';
import { emailConfirmationMails } from '../../local/email-confirmation.ts';
import { createScene, type Scene } from './email-confirmation.scene.ts';

const email = 'ann@example.com';
let scene: Scene;

beforeEach(() => {
  scene = createScene();
});
afterEach(() => scene.close());

describe('mails', () => {
  test('all carry the same token, however often they are sent', async () => {
    await scene.tell('ConfirmationRequested', { email });
    await scene.relayAll();
    scene.clock.advance(60_000);
    await scene.tell('ResendRequested');
    await scene.relayAll();
    await scene.relayAll();
    const [first, second, ...more] = scene.mails;
    expect(first).toEqual({ to: email, token: expect.stringMatching(/^[\w-]{22}$/), key: 'one/1/1' });
    expect(second).toEqual({ ...first, key: 'one/2/1' });
    expect(more).toEqual([]);
  });

  test('the token is nowhere at rest', async () => {
    await scene.tell('ConfirmationRequested', { email });
    const token = await scene.token();
    await scene.tell('TokenSubmitted', { token });
    const stored = await Promise.all([
      scene.table.query('flows', 'email-confirmation#one', ''),
      scene.table.query('inbox', 'email-confirmation', ''),
    ]);
    expect(stored.map((items) => items.length > 0)).toEqual([true, true]);
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  test.each<[EffectFailure, string]>([
    ['permanent', 'Undeliverable'],
    ['transient', 'WaitForConfirmation'],
  ])('that fail (%s) end in %s', async (failure, state) => {
    scene.close();
    const send = async () => Promise.reject(new EffectError(failure, 'no'));
    scene = createScene({ send });
    await scene.tell('ConfirmationRequested', { email });
    await scene.relayAll();
    for (let minutes = 0; minutes < 120; minutes += 10) {
      scene.clock.advance(600_000);
      await scene.reconcile();
    }
    const record = await scene.record();
    expect(record?.state).toBe(state);
    expect(record?.trail.at(-1)?.type).toBe(failure === 'permanent' ? 'MailRefused' : 'MailFailed');
  });
});

describe('over HTTP', () => {
  const app = () => {
    const made = new Hono();
    made.onError((error, c) => respond(c, error, () => {}));
    emailConfirmationRoutes(made, scene);
    emailConfirmationMails(made, scene);
    return made;
  };
  async function post(path: string, body: object = {}, headers = {}) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const response = await app().request(`/email-confirmations${path}`, {
      ...init,
      body: JSON.stringify(body),
    });
    return { status: response.status, ...((await response.json()) as { id?: string }) };
  }

  test('an address is confirmed by its link, once', async () => {
    const { id, ...begun } = await post('', { email });
    expect(begun).toMatchObject({ status: 201, state: 'WaitForConfirmation', email: 'a•••@example.com' });
    scene.clock.advance(1);
    await scene.reconcile(scene.clock.now() + 60_000);
    const listed = await app().request('/dev/email-confirmations');
    const { mails } = (await listed.json()) as { mails: { to: string; link: string }[] };
    expect(mails).toMatchObject([{ to: email }]);
    const link = new URL(mails[0]?.link ?? '');
    expect(await (await app().request(link.pathname)).text()).toContain('Confirm');

    const token = link.hash.slice(1);
    expect(await post(`/${id}/confirm`, { token: 'x' })).toMatchObject({ status: 401, attemptsLeft: 4 });
    expect(await post(`/${id}/confirm`, { token })).toMatchObject({ status: 200, state: 'Confirmed' });
    expect(await post(`/${id}/confirm`, { token })).toMatchObject({ status: 409, state: 'Confirmed' });
    const view = await app().request(`/email-confirmations/${id}`);
    expect(await view.json()).toEqual({
      ...{ id, state: 'Confirmed', email: 'a•••@example.com' },
      confirmedAt: expect.any(String),
    });
  });

  test('wrong tokens are limited', async () => {
    const { id } = await post('', { email });
    const tries = [];
    for (let n = 0; n < 6; n++) tries.push((await post(`/${id}/confirm`, { token: 'x' })).status);
    expect(tries).toEqual([401, 401, 401, 401, 423, 409]);
  });

  test('a mail is sent again, not at once and not for ever', async () => {
    const { id } = await post('', { email });
    const tries = [];
    for (let n = 0; n < 4; n++) {
      tries.push((await post(`/${id}/resend`)).status);
      scene.clock.advance(60_000);
      tries.push((await post(`/${id}/resend`)).status);
    }
    expect(tries).toEqual([429, 202, 429, 202, 429, 202, 409, 409]);
    scene.clock.advance(86_400_000);
    expect(await post(`/${id}/resend`)).toMatchObject({ status: 409, state: 'WaitForConfirmation' });
    expect(await post(`/${id}/confirm`, { token: 'x' })).toMatchObject({ status: 410 });
  });

  test('the same request is answered the same', async () => {
    const headers = { 'idempotency-key': 'key' };
    const first = await post('', { email }, headers);
    expect(await post('', { email }, headers)).toEqual(first);
    expect(await post('', { email: 'bob@example.com' }, headers)).toMatchObject({ status: 422 });
  });

  test('what is no address is refused, and what does not exist is not found', async () => {
    expect(await post('', { email: 'ann' })).toMatchObject({ status: 400 });
    expect(await post('/none/confirm', { token: 'x' })).toMatchObject({ status: 404 });
    expect((await app().request('/email-confirmations/none')).status).toBe(404);
  });
});
