/** POST /webhooks/stripe: what is taken, what is ignored, what is refused, and what comes again. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createWebhookApi } from '../../api/webhook-routes.ts';
import type { Answer } from '../../core/delivery.ts';
import { DetentError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import { nobody } from '../../local/outside.ts';
import { order } from '../support/checkouts.ts';
import { expectProblem, type Http, openHttp } from '../support/http.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

let http: Http;
let id: string;
beforeEach(async () => {
  http = await openHttp({ outside: async () => nobody });
  id = String((await http.post('/checkouts', order)).body['checkoutId']);
});
afterEach(() => http.close());

const tell = (event: JsonObject, options?: Parameters<typeof signed>[1]) => {
  const { body, headers } = signed(event, options);
  return http.send('POST', '/webhooks/stripe', { body, headers });
};
const record = async () => (await http.get(`/dev/flows/checkout/${id}`)).body['record'] as JsonObject;
const paid = (more: JsonObject = {}, eventId?: string) =>
  sessionEvent('checkout.session.completed', id, more, eventId);
const now = () => Math.floor(Date.now() / 1000);

test('a payment that overtook our own reply is kept, under the event’s own id', async () => {
  expect(await tell(paid({}, 'evt_1'))).toMatchObject({ status: 200, body: { received: true } });
  expect(await record()).toMatchObject({ state: 'CreatingPayment', deferred: [{ event: { id: 'evt_1' } }] });
});

test('one that comes twice is one', async () => {
  for (let n = 0; n < 3; n++) expect(await tell(paid({}, 'evt_1'))).toMatchObject({ status: 200 });
  expect(await record()).toMatchObject({ version: 2 });
});

describe('400 bad-signature, and nothing is written', () => {
  test.each<[string, Parameters<typeof signed>[1]]>([
    ['another secret', { secret: 'whsec_other' }],
    ['a replay after its time', { timestamp: now() - 301 }],
    ['one of a time to come', { timestamp: now() + 400 }],
  ])('%s', async (_what, options) => {
    const before = await record();
    expectProblem(await tell(paid(), options), 400, 'bad-signature');
    expect(await record()).toEqual(before);
    expect(http.signals).toContainEqual({ type: 'forged', source: 'stripe' });
  });

  test('none, another body, no body', async () => {
    const { body, headers } = signed(paid());
    const post = (given: object) => http.send('POST', '/webhooks/stripe', given);
    expectProblem(await post({ body }), 400, 'bad-signature');
    expectProblem(await post({ body: `${body}\n`, headers }), 400, 'bad-signature');
    expectProblem(await post({ headers }), 400, 'bad-signature');
    expect(await record()).toMatchObject({ version: 1 });
  });
});

describe('acknowledged and ignored: it would come for ever', () => {
  test.each([
    ['another kind', () => sessionEvent('invoice.paid', id)],
    ['an order that does not exist', () => sessionEvent('checkout.session.completed', 'nobody')],
    ['somebody else’s session', () => sessionEvent('checkout.session.completed', '', { metadata: {} })],
    ['money on its way', () => paid({ payment_status: 'unpaid' })],
  ])('%s', async (_what, event) => {
    const before = await record();
    expect(await tell(event())).toMatchObject({ status: 200 });
    expect(await record()).toEqual(before);
  });

  test('money for an order that is not there is told to a person', async () => {
    await tell(sessionEvent('checkout.session.completed', 'nobody'));
    expect(http.signals).toContainEqual({
      ...{ type: 'alarm', flow: 'checkout', flowId: 'nobody', reason: 'PaidWithoutOrder' },
    });
  });

  test('what comes too late', async () => {
    await http.runtime.deliverer.deliver({
      flow: http.runtime.checkout.flow,
      ...{ flowId: id, event: { id: 'e', type: 'PaymentSessionFailed', payload: { code: 'x' } } },
    });
    expect(await tell(sessionEvent('checkout.session.expired', id))).toMatchObject({ status: 200 });
    expect(await record()).toMatchObject({ state: 'PaymentFailed', version: 2 });
  });

  test('another event under a known id', async () => {
    await tell(paid({}, 'evt_1'));
    expect(await tell(sessionEvent('checkout.session.expired', id, {}, 'evt_1'))).toMatchObject({
      status: 200,
    });
    expect(await record()).toMatchObject({ version: 2 });
  });
});

describe('to come again', () => {
  const api = (answer: () => Promise<Answer>, readNotice = async () => notice) =>
    createWebhookApi({
      deliverer: { deliver: answer },
      checkout: { flow: http.runtime.checkout.flow },
      readNotice,
      observe: () => {},
    });
  const notice = { id: 'evt_1', checkoutId: 'c', session: 'cs_1', state: { status: 'expired' as const } };
  const post = async (app: ReturnType<typeof api>) =>
    (await app.request('/webhooks/stripe', { method: 'POST', body: '{}' })).status;

  test.each<[string, () => Promise<object>, number]>([
    ['a service is down', async () => ({ status: 'unavailable', reason: 'x' }), 503],
    ['others were faster', async () => ({ status: 'conflict', state: 'x' }), 409],
    ['too many wait', async () => ({ status: 'rejected', reason: 'TooManyDeferred', state: 'x' }), 409],
    ['the table is away', async () => Promise.reject(new DetentError('table-unavailable', 'x')), 503],
    ['a fault of ours', async () => Promise.reject(new Error('x')), 500],
  ])('%s', async (_what, answer, status) => {
    expect(await post(api(answer as () => Promise<Answer>))).toBe(status);
  });

  test('no answer is to be stored', async () => {
    const answer = await api(async () => ({ status: 'not-found' })).request('/webhooks/stripe', {
      method: 'POST',
    });
    expect([answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')]).toEqual([
      ...['no-store', 'nosniff'],
    ]);
  });

  test('the secret is not there yet', async () => {
    const missing = async () => Promise.reject(new DetentError('secret-unavailable', 'x'));
    expect(await post(api(async () => ({ status: 'not-found' }), missing))).toBe(503);
  });
});

test('a large event is read, one beyond all measure is not', async () => {
  const large = paid({ description: 'x'.repeat(100_000) });
  expect(await tell(large)).toMatchObject({ status: 200 });
  expectProblem(await tell(paid({ description: 'x'.repeat(300_000) })), 413, 'too-large');
});

test('other methods: 405', async () => {
  expectProblem(await http.get('/webhooks/stripe'), 405, 'method-not-allowed');
});
