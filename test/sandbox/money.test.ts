/** Holds, captures, releases, refunds; what the ledger says of them. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { testPaymentMethods } from '../../flows/payment/payment-methods.ts';
import { cards } from '../../local/sandbox/cards.ts';
import { DAY_MS, openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

test('a hold, with everything that was said of it', () => {
  const { status, body } = shop.hold({ 'metadata[merchant]': 'shop' }, 'k');
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      object: 'payment_intent',
      status: 'requires_capture',
      ...{ amount: 1_290, amount_capturable: 1_290, amount_received: 0, currency: 'eur' },
      ...{ created: shop.time.now / 1000, metadata: { detent_payment: 'p-1', merchant: 'shop' } },
    },
  });
  expect(shop.sandbox.ledger()).toEqual([
    {
      ...{ at: '2026-01-01T00:00:00.000Z', kind: 'authorized', paymentIntent: body.id, paymentId: 'p-1' },
      ...{ value: 1_290, currency: 'EUR', key: 'k' },
    },
  ]);
  expect(shop.read(String(body.id)).body).toEqual(body);
});

test('captured as a whole', () => {
  const id = shop.held();
  const after = { status: 'succeeded', amount_received: 1_290, amount_capturable: 0 };
  expect(shop.capture(id).body).toMatchObject(after);
  expect(shop.read(id).body).toMatchObject(after);
  expect(shop.moved()).toEqual(['authorized 1290', 'captured 1290']);
});

test('captured in part: the rest is released, and it is captured once', () => {
  const id = shop.held();
  expect(shop.capture(id, 500).body).toMatchObject({ status: 'succeeded', amount_received: 500 });
  const { status, body } = shop.capture(id, 500);
  expect(status).toBe(400);
  expect(body.error).toMatchObject({
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    payment_intent: { id, status: 'succeeded', amount_received: 500 },
  });
  expect(shop.moved()).toEqual(['authorized 1290', 'captured 500']);
});

test('no more is captured than is held', () => {
  const id = shop.held();
  expect(shop.capture(id, 1_291).body.error?.code).toBe('amount_too_large');
  expect(shop.capture(id, 1_290).status).toBe(200);
});

test('released; then neither captured nor released again', () => {
  const id = shop.held();
  expect(shop.cancel(id).body).toMatchObject({ status: 'canceled', amount_capturable: 0 });
  for (const again of [shop.capture(id), shop.cancel(id), shop.refund(id)])
    expect(again.body.error).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled' },
    });
  expect(shop.moved()).toEqual(['authorized 1290', 'voided 1290']);
});

test('what is captured is not released', () => {
  const id = shop.held();
  shop.capture(id);
  expect(shop.cancel(id).body.error?.code).toBe('payment_intent_unexpected_state');
});

test('a hold ends by itself after seven days, not before', () => {
  const id = shop.held();
  shop.time.now += 7 * DAY_MS - 1;
  expect(shop.read(id).body.status).toBe('requires_capture');
  shop.time.now += 1;
  const expired = { status: 'canceled', cancellation_reason: 'automatic', amount_capturable: 0 };
  expect(shop.capture(id).body.error).toMatchObject({
    code: 'payment_intent_unexpected_state',
    payment_intent: expired,
  });
  expect(shop.read(id).body).toMatchObject(expired);
  expect(shop.moved()).toEqual(['authorized 1290', 'expired 1290']);
  expect(shop.sandbox.ledger()[1]).toMatchObject({ at: '2026-01-08T00:00:00.000Z', key: '' });
});

describe('refunds', () => {
  const paid = (payment_method = 'pm_card_visa') => {
    const id = shop.held({ payment_method });
    shop.capture(id, 1_000);
    return id;
  };

  test('in parts, never more than was captured', () => {
    const id = paid();
    expect(shop.refund(id, 400).body).toMatchObject({ status: 'succeeded', amount: 400, payment_intent: id });
    expect(shop.refund(id, 601).body.error?.code).toBe('amount_too_large');
    expect(shop.refund(id).body).toMatchObject({ status: 'succeeded', amount: 600 });
    expect(shop.refund(id, 1).body.error?.code).toBe('charge_already_refunded');
    expect(shop.moved().slice(2)).toEqual(['refunded 400', 'refunded 600']);
  });

  test('read by its id, and listed by its intent, newest first', () => {
    const [one, other] = [paid(), paid()];
    const ids = [shop.refund(one, 1), shop.refund(one, 2), shop.refund(other, 3)].map(({ body }) => body.id);
    expect(shop.get(`/v1/refunds/${ids[1]}`).body).toMatchObject({ id: ids[1], amount: 2 });
    const listed = shop.get(`/v1/refunds?payment_intent=${one}`).body;
    expect(listed).toMatchObject({ object: 'list', has_more: false });
    expect(listed.data?.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
    expect(shop.get('/v1/refunds/re_none')).toMatchObject({
      status: 404,
      body: { error: { code: 'resource_missing' } },
    });
  });

  test('of what is only held: none', () => {
    expect(shop.refund(shop.held()).body.error?.code).toBe('payment_intent_unexpected_state');
  });

  test('one that is open becomes final after a minute, and counts until then', () => {
    const id = paid('pm_card_pendingRefund');
    const { body } = shop.refund(id, 1_000, 'k');
    expect(body.status).toBe('pending');
    expect(shop.refund(id, 1).body.error?.code).toBe('charge_already_refunded');
    shop.time.now += 59_999;
    expect(shop.get(`/v1/refunds/${body.id}`).body.status).toBe('pending');
    shop.time.now += 1;
    expect(shop.get(`/v1/refunds/${body.id}`).body.status).toBe('succeeded');
    expect(shop.sandbox.ledger()[2]).toMatchObject({
      ...{ kind: 'refunded', value: 1_000, key: 'k', at: '2026-01-01T00:01:00.000Z' },
    });
  });

  test('one that fails says why, and moves nothing', () => {
    const id = paid('pm_card_refundFail');
    expect(shop.refund(id).body).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect(shop.moved()).toEqual(['authorized 1290', 'captured 1000']);
  });
});

describe('the test cards', () => {
  test('are those that the payment takes', () => {
    expect(Object.keys(cards).toSorted()).toEqual([...testPaymentMethods].toSorted());
  });

  const declining: [card: string, code: string, declineCode: string | undefined][] = [
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
    ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
  ];

  test.each(declining)('%s: %s', (payment_method, code, decline_code) => {
    const { status, body } = shop.hold({ payment_method });
    expect(status).toBe(402);
    expect(body.error).toMatchObject({ type: 'card_error', code });
    expect(body.error?.decline_code).toBe(decline_code);
    expect(body.error?.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    expect(shop.moved()).toEqual([]);
  });

  const taking = testPaymentMethods.filter((name) => declining.every(([other]) => other !== name));
  test.each(taking)('%s holds', (payment_method) => {
    expect(shop.hold({ payment_method }).body.status).toBe('requires_capture');
  });

  test('one of ours refuses its capture, and the money stays held', () => {
    const id = shop.held({ payment_method: 'pm_card_captureFail' });
    expect(shop.capture(id)).toMatchObject({ status: 402, body: { error: { code: 'card_declined' } } });
    expect(shop.read(id).body.status).toBe('requires_capture');
  });
});
