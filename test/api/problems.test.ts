/** Answers that the engine gives rarely: routes over a deliverer that says exactly this. */
import { describe, expect, test } from '@jest/globals';
import { createApi } from '../../api/app.ts';
import type { Answer, Deliverer } from '../../core/delivery.ts';
import { DetentError, isDetentError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { checkout } from '../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { flowSettings, flowsOf } from '../../flows/index.ts';
import { mfaLogin } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { payment } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { TestClock } from '../support/clock.ts';
import { expectProblem, json } from '../support/http.ts';
import { testSecrets } from '../support/world.ts';

const signals: Signal[] = [];

/** Sends one request to routes whose every delivery ends like this. */
async function answering(deliver: () => Promise<Answer>, method = 'POST', path = '/logins/any/resend') {
  const deliverer: Deliverer = { deliver, check: deliver, load: () => deliver().then(() => undefined) };
  const settings = defaultSettings;
  const app = createApi({
    deliverer,
    clock: new TestClock(),
    random: { id: () => 'id', fraction: () => 0 },
    secret: testSecrets,
    observe: (signal) => void signals.push(signal),
    sourceOf: () => '192.0.2.1',
    mayPay: () => true,
    flows: flowsOf(flowSettings()),
    mfaLogin: { flow: mfaLogin(settings), settings },
    payment: { flow: payment(defaultPaymentSettings) },
    checkout: { flow: checkout(defaultCheckoutSettings) },
    table: { read: async () => undefined, query: () => deliver().then(() => []) },
  });
  const body = path === '/logins' ? '{"username":"demo","password":"hunter2-hunter2"}' : undefined;
  const response = await app.request(path, { method, headers: json, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

const routes: [string, string][] = [
  ['POST', '/logins'],
  ['POST', '/logins/any/resend'],
  ['DELETE', '/logins/any'],
];
const leak = 'password hunter2 of +15555550100';
const failing = (error: unknown) => () => Promise.reject(error);

describe.each(routes)('%s %s', (method, path) => {
  test('409 conflict with Retry-After and the current state', async () => {
    const reply = await answering(
      async () => ({ status: 'conflict', state: 'WaitForOtpInput' }),
      method,
      path,
    );
    expectProblem(reply, 409, 'conflict', { retryAfter: true, members: { state: 'WaitForOtpInput' } });
  });

  test('503 try-again with Retry-After, whatever the reason inside', async () => {
    const reply = await answering(
      async () => ({ status: 'unavailable', reason: 'SigningKeyLost' }),
      method,
      path,
    );
    expectProblem(reply, 503, 'try-again', { retryAfter: true });
    expect(reply.text).not.toContain('SigningKeyLost');
  });

  test('503 try-again where the table does not answer', async () => {
    const reply = await answering(failing(new DetentError('table-unavailable', leak)), method, path);
    expectProblem(reply, 503, 'try-again', { retryAfter: true });
    expect(reply.text).not.toContain('hunter2');
  });

  test('413 too-large where the record would grow past its limit', async () => {
    expectProblem(
      await answering(failing(new DetentError('too-large', 'too large')), method, path),
      413,
      'too-large',
    );
  });

  test.each([
    ['an error', new TypeError(leak)],
    [
      'an error of ours that a person must look at',
      new DetentError('invalid-action-result', 'the sum is odd'),
    ],
  ])('500 for %s: no stack, no message of it; what may be noted is', async (_name, error) => {
    signals.length = 0;
    const reply = await answering(failing(error), method, path);
    expectProblem(reply, 500, 'internal-error');
    expect(reply.text).not.toMatch(/hunter2|1555|the sum is odd|\bat .*:\d+|node_modules|\.ts/);
    const noted = isDetentError(error)
      ? /^Detent\.invalid-action-result: the sum is odd$/
      : /^TypeError at .+:\d+:\d+/;
    expect(signals).toMatchObject([
      { type: 'failure', where: 'api', subject: 'logins', error: expect.stringMatching(noted) },
    ]);
    expect(JSON.stringify(signals)).not.toMatch(/hunter2|1555/);
  });
});

test('a GET over a table that does not answer: 503', async () => {
  const reply = await answering(failing(new DetentError('table-unavailable', leak)), 'GET', '/logins/any');
  expectProblem(reply, 503, 'try-again', { retryAfter: true });
});

test('409 too-many-deferred with the state', async () => {
  const rejected = {
    status: 'rejected',
    reason: 'TooManyDeferred',
    state: 'Authorizing',
    reply: {},
  } as Answer;
  const reply = await answering(async () => rejected);
  expectProblem(reply, 409, 'too-many-deferred', { members: { state: 'Authorizing' } });
});
