/** What is sent to Stripe, and what comes of it: the real library, and a gateway that speaks its API. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import { DAY_MS, type House, openHouse } from './house.ts';
import { type Answering, type Heard, json, openStub } from './stub.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const done = (authorization: string) => ({ status: 'done', authorization });
const refused = (code: string) => ({ status: 'refused', code });
const signal = new AbortController().signal;
const call = { paymentId: 'p-1', key: 'p-1/2/1', signal };

describe('what is sent', () => {
  let stub: Awaited<ReturnType<typeof openStub>>;
  beforeEach(async () => {
    stub = await openStub();
    stub.answer(json(200, { id: 'pi_1', status: 'requires_capture' }));
  });
  afterEach(() => stub.close());

  const send = async (request: Parameters<House['send']>[0]) => {
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    // What comes back is another test's matter.
    await gateway.send(request, call).catch(() => undefined);
    expect(stub.heard).toHaveLength(1);
    const { method, path, headers, body } = stub.heard[0] as Heard;
    return { asked: `${method} ${path}`, headers, body: Object.fromEntries(new URLSearchParams(body)) };
  };

  test('a hold, on a card, at once, with nobody to ask for more', async () => {
    const { asked, headers, body } = await send(house.request.authorize());
    expect(asked).toBe('POST /v1/payment_intents');
    expect(body).toEqual({
      ...{ amount: '1290', currency: 'eur', payment_method: 'pm_card_visa' },
      ...{ 'allowed_payment_method_types[0]': 'card', capture_method: 'manual', confirm: 'true' },
      error_on_requires_action: 'true',
      ...{
        'metadata[detent_payment]': 'p-1',
        'metadata[detent_key]': call.key,
        'metadata[merchant]': 'shop',
      },
    });
    expect(headers).toMatchObject({ authorization: 'Bearer sk_test_1', 'idempotency-key': call.key });
  });

  test('a capture', async () => {
    const { asked, headers, body } = await send(house.request.capture('pi_1', 500));
    expect({ asked, body }).toEqual({
      asked: 'POST /v1/payment_intents/pi_1/capture',
      body: { amount_to_capture: '500' },
    });
    expect(headers['idempotency-key']).toBe(call.key);
  });

  test('a release', async () => {
    const { asked, headers, body } = await send(house.request.void('pi_1'));
    expect({ asked, body }).toEqual({ asked: 'POST /v1/payment_intents/pi_1/cancel', body: {} });
    expect(headers['idempotency-key']).toBe(call.key);
  });

  test('a reversal', async () => {
    const { asked, headers, body } = await send(house.request.reverse('pi_1', 500));
    expect(asked).toBe('POST /v1/refunds');
    expect(body).toEqual({
      ...{ payment_intent: 'pi_1', amount: '500' },
      ...{ 'metadata[detent_payment]': 'p-1', 'metadata[detent_key]': call.key },
    });
    expect(headers['idempotency-key']).toBe(call.key);
  });

  test('nothing of how long the request before has taken', async () => {
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    stub.answer(json(200, { id: 'pi_1' }, { 'request-id': 'req_1' }));
    for (const id of ['pi_1', 'pi_2'])
      await gateway.send(house.request.void(id), call).catch(() => undefined);
    for (const { headers } of stub.heard) expect(headers['x-stripe-client-telemetry']).toBeUndefined();
    expect(stub.heard).toHaveLength(2);
  });

  test('nothing, for who has given up', async () => {
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    const asked = gateway.send(house.request.authorize(), { ...call, signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ failure: 'transient', message: 'aborted' });
    expect(stub.heard).toEqual([]);
  });

  test('with the key that is the right one at the time', async () => {
    const keys = ['sk_1', 'sk_1', 'sk_2'];
    const gateway = createStripeGateway({ apiKey: async () => keys.shift() ?? '', url: stub.url });
    for (const id of ['pi_1', 'pi_2', 'pi_3'])
      await gateway.send(house.request.void(id), call).catch(() => undefined);
    const used = stub.heard.map(({ headers }) => headers.authorization);
    expect(used).toEqual(['Bearer sk_1', 'Bearer sk_1', 'Bearer sk_2']);
  });

  test('nothing without a key: why it is not there is for who keeps it to say', async () => {
    const gateway = createStripeGateway({ apiKey: () => Promise.reject(new Error('no key')), url: stub.url });
    await expect(gateway.send(house.request.void('pi_1'), call)).rejects.toThrow('no key');
    expect(stub.heard).toEqual([]);
  });
});

describe('what comes of it', () => {
  test('reversed by somebody else before: what has gone back need not go back again', async () => {
    const { request, send } = house;
    const paid = async (card?: string) => {
      const id = await house.held(card);
      await send(request.capture(id));
      return id;
    };
    const id = await paid();
    await send(request.reverse(id, 290), 'by-hand/1', 'nobody');
    await send(request.reverse(id, 1_000), 'by-hand/2', 'nobody');
    const moved = house.moved();
    expect(await send(request.reverse(id), 'k')).toEqual(done(id));
    expect(await send(request.reverse(id), 'k')).toEqual(done(id));
    const open = await paid('pm_card_pendingRefund');
    await send(request.reverse(open), 'by-hand/3', 'nobody');
    expect(await send(request.reverse(open))).toEqual({ status: 'undecided' });
    house.time.now += 61_000;
    expect(await send(request.reverse(open))).toEqual(done(open));
    expect(house.moved().slice(0, moved.length)).toEqual(moved);
    expect(house.moved().filter((line) => line.startsWith('refunded'))).toHaveLength(3);
  });

  test('reversed in part by somebody else before: no, and nothing moves', async () => {
    const id = await house.held();
    await house.send(house.request.capture(id));
    await house.send(house.request.reverse(id, 290), 'by-hand/1', 'nobody');
    const moved = house.moved();
    expect(await house.send(house.request.reverse(id))).toEqual(refused('amount_too_large'));
    expect(house.moved()).toEqual(moved);
  });

  test('held, captured, reversed', async () => {
    const { send, request } = house;
    const id = await house.held();
    expect(id).toMatch(/^pi_/);
    expect(await send(request.capture(id))).toEqual(done(id));
    expect(await send(request.reverse(id))).toEqual(done(id));
    expect(house.moved()).toEqual(['authorized 1290', 'captured 1290', 'refunded 1290']);
  });

  test('captured in part', async () => {
    const id = await house.held();
    await house.send(house.request.capture(id, 500));
    expect(house.moved()).toEqual(['authorized 1290', 'captured 500']);
  });

  test('released', async () => {
    const id = await house.held();
    expect(await house.send(house.request.void(id))).toEqual(done(id));
    expect(house.moved()).toEqual(['authorized 1290', 'voided 1290']);
  });

  test.each([
    ['pm_card_visa_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
    ['pm_card_authenticationRequired', 'authentication_required'],
    ['pm_card_of_nobody', 'resource_missing'],
  ])('%s is refused: %s', async (paymentMethod, code) => {
    expect(await house.send(house.request.authorize(paymentMethod))).toEqual(refused(code));
  });

  test('a capture that the bank refuses', async () => {
    const id = await house.held('pm_card_captureFail');
    expect(await house.send(house.request.capture(id))).toEqual(refused('generic_decline'));
  });

  test('a refund that fails, and one that is open', async () => {
    const [failing, open] = [
      await house.held('pm_card_refundFail'),
      await house.held('pm_card_pendingRefund'),
    ];
    for (const id of [failing, open]) await house.send(house.request.capture(id));
    expect(await house.send(house.request.reverse(failing))).toEqual(refused('expired_or_canceled_card'));
    expect(await house.send(house.request.reverse(open))).toEqual({ status: 'undecided' });
  });

  test.each(['requires_action', 'pending'])('a refund that %s is undecided', async (status) => {
    const stub = await openStub();
    stub.answer(json(200, { id: 're_1', object: 'refund', status }));
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    expect(await gateway.send(house.request.reverse('pi_1'), call)).toEqual({ status: 'undecided' });
    await stub.close();
  });

  test('a refund of which nothing is left, although less went back than is wanted', async () => {
    const stub = await openStub();
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    const reversed = () => gateway.send(house.request.reverse('pi_1', 500), call);
    const headers: { [name: string]: string } = {};
    const body = { error: { type: 'invalid_request_error', code: 'charge_already_refunded' } };
    const none: Answering = (...asked) => json(400, body, headers)(...asked);
    const list = (...data: object[]) =>
      stub.answer((response, heard) => {
        const answer = heard.method === 'POST' ? none : json(200, { object: 'list', data, has_more: false });
        answer(response, heard);
      });
    const refund = (status: string, amount: number) => ({ id: 're_1', object: 'refund', status, amount });
    list(refund('succeeded', 400), refund('failed', 500));
    expect(await reversed()).toEqual(refused('refunded-otherwise'));
    // Repeated, it tells of then: the refund that was open is among those that have failed since.
    headers['idempotent-replayed'] = 'true';
    expect(await reversed()).toEqual({ status: 'stored-error' });
    delete headers['idempotent-replayed'];
    list(refund('succeeded', 400), refund('requires_action', 100));
    expect(await reversed()).toEqual({ status: 'undecided' });
    stub.answer((response, heard) => (heard.method === 'POST' ? none(response, heard) : response.destroy()));
    await expect(reversed()).rejects.toMatchObject({ failure: 'transient' });
    await stub.close();
  });

  test.each(['sk_test_1\nX: y', 'schlüssel', ''])('a key that no header can carry: %j', async (key) => {
    const gateway = createStripeGateway({ apiKey: async () => key, url: house.url });
    const expected = { failure: 'transient', message: 'authentication' };
    await expect(gateway.send(house.request.authorize(), call)).rejects.toMatchObject(expected);
    expect(house.moved()).toEqual([]);
  });

  test('a hold that nobody knows', async () => {
    const { capture, void: release, reverse } = house.request;
    for (const request of [capture('pi_none'), release('pi_none'), reverse('pi_none')])
      await expect(house.send(request)).rejects.toMatchObject({
        failure: 'transient',
        message: 'hold-unknown-there',
      });
  });

  test.each([200, 502, 504])('what is no answer of Stripe decides nothing (%i)', async (status) => {
    const stub = await openStub();
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    const { authorize, capture, void: release, reverse } = house.request;
    stub.answer(json(status, { message: 'Endpoint request timed out' }));
    for (const request of [authorize(), capture('pi_1'), release('pi_1'), reverse('pi_1')])
      await expect(gateway.send(request, call)).rejects.toMatchObject({ failure: 'ambiguous' });
    // Nor does a hold that is as it was.
    stub.answer(json(200, { id: 'pi_1', object: 'payment_intent', status: 'requires_capture' }));
    for (const request of [capture('pi_1'), release('pi_1')])
      await expect(gateway.send(request, call)).rejects.toMatchObject({ failure: 'ambiguous' });
    await stub.close();
  });
});

describe('a hold that is in another state already', () => {
  test('expired: a capture is refused, a release is done', async () => {
    const id = await house.held();
    house.time.now += 7 * DAY_MS;
    expect(await house.send(house.request.capture(id))).toEqual(refused('authorization-expired'));
    expect(await house.send(house.request.void(id))).toEqual(done(id));
    expect(await house.send(house.request.reverse(id))).toEqual(refused('payment_intent_unexpected_state'));
    expect(house.moved()).toEqual(['authorized 1290', 'expired 1290']);
  });

  test('captured: the same capture is done, another one refused, a release too', async () => {
    const id = await house.held();
    await house.send(house.request.capture(id, 500));
    expect(await house.send(house.request.capture(id, 500))).toEqual(done(id));
    expect(await house.send(house.request.capture(id, 501))).toEqual(refused('captured-otherwise'));
    expect(await house.send(house.request.void(id))).toEqual(refused('captured'));
    expect(house.moved()).toEqual(['authorized 1290', 'captured 500']);
  });

  test('held, and not refunded for that', async () => {
    const id = await house.held();
    expect(await house.send(house.request.reverse(id))).toEqual(refused('payment_intent_unexpected_state'));
  });
});

describe('a key', () => {
  test('again: answered like the first, and nothing is done', async () => {
    const answer = await house.send(house.request.authorize(), 'k');
    expect(await house.send(house.request.authorize(), 'k')).toEqual(answer);
    expect(house.moved()).toEqual(['authorized 1290']);
  });

  test('with other parameters is of no use', async () => {
    await house.send(house.request.authorize(), 'k');
    const other = { ...house.request.authorize(), merchant: 'other' };
    expect(await house.send(other, 'k')).toEqual({ status: 'stored-error' });
  });

  test('whose first request is under way: nobody knows', async () => {
    house.controls.delayMs = 100;
    const first = house.send(house.request.authorize(), 'k');
    await new Promise((resolve) => setTimeout(resolve, 30));
    await expect(house.send(house.request.authorize(), 'k')).rejects.toMatchObject({
      ...{ failure: 'ambiguous', message: 'idempotency_key_in_use' },
    });
    const answer = await first;
    expect(await house.send(house.request.authorize(), 'k')).toEqual(answer);
    expect(house.moved()).toEqual(['authorized 1290']);
  });
});

describe('a gateway that fails', () => {
  test.each([
    ['transient', 'transient', 'rate_limit', []],
    ['ambiguous', 'ambiguous', 'ECONNRESET', ['authorized 1290']],
    ['lost', 'ambiguous', 'ECONNRESET', []],
    ['silent', 'ambiguous', 'ETIMEDOUT', []],
    ['silent-after', 'ambiguous', 'ETIMEDOUT', ['authorized 1290']],
    ['error-before', 'ambiguous', 'gateway-500', []],
    ['error-after', 'ambiguous', 'gateway-500', ['authorized 1290']],
  ] as const)('%s', async (kind, failure, message, moved) => {
    house.fault(kind);
    await expect(house.send(house.request.authorize())).rejects.toMatchObject({ failure, message });
    expect(house.moved()).toEqual(moved);
  });

  test.each(['error-before', 'error-after'] as const)('%s, asked again: the error is kept', async (kind) => {
    house.fault(kind);
    await expect(house.send(house.request.authorize(), 'k')).rejects.toMatchObject({ failure: 'ambiguous' });
    expect(await house.send(house.request.authorize(), 'k')).toEqual({ status: 'stored-error' });
  });

  test('permanent', async () => {
    house.fault('permanent', 2);
    expect(await house.send(house.request.authorize())).toEqual(refused('generic_decline'));
    expect(await house.send(house.request.void('pi_1'))).toEqual(refused('refused'));
  });

  test('one answer that is lost is found again under the same key', async () => {
    house.fault('ambiguous');
    await expect(house.send(house.request.authorize(), 'k')).rejects.toMatchObject({ failure: 'ambiguous' });
    expect(await house.send(house.request.authorize(), 'k')).toMatchObject({ status: 'done' });
    expect(house.moved()).toEqual(['authorized 1290']);
  });
});
