/** Idempotency keys, as Stripe keeps them; faults on demand. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY_MS, openShop, order, type Shop } from './shop.ts';

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

const REPLAYED = 'idempotent-replayed';

test('the same key again: the same answer, and nothing is done', () => {
  const first = shop.hold({}, 'k');
  const again = shop.hold({}, 'k');
  expect(again.body).toEqual(first.body);
  expect([first, again].map(({ headers }) => headers[REPLAYED])).toEqual([undefined, 'true']);
  expect(shop.moved()).toEqual(['authorized 1290']);
});

test('the order of the parameters does not matter', () => {
  const first = shop.hold({}, 'k');
  const turned = Object.fromEntries(Object.entries(order).toReversed());
  const again = shop.post('/v1/payment_intents', turned, 'k');
  expect(again.body).toEqual(first.body);
});

test('with other parameters, or at another place, it is refused and the first stays', () => {
  const { body } = shop.hold({}, 'k');
  const error = { error: { type: 'idempotency_error' } };
  expect(shop.hold({ amount: 1 }, 'k')).toMatchObject({ status: 400, body: error });
  expect(shop.post(`/v1/payment_intents/${body.id}/capture`, {}, 'k')).toMatchObject({
    status: 400,
    body: error,
  });
  expect(shop.hold({}, 'k').body).toEqual(body);
});

test('for a day; then it is a new request', () => {
  const { body } = shop.hold({}, 'k');
  shop.time.now += DAY_MS - 1;
  expect(shop.hold({}, 'k').body.id).toBe(body.id);
  shop.time.now += 1;
  const later = shop.hold({}, 'k');
  expect(later.body.id).not.toBe(body.id);
  expect(later.headers[REPLAYED]).toBeUndefined();
});

test('a declined card is declined again, without a second intent', () => {
  const declining = { payment_method: 'pm_card_visa_chargeDeclined' };
  const first = shop.hold(declining, 'k');
  const again = shop.hold(declining, 'k');
  expect(again).toMatchObject({ status: 402, body: first.body, headers: { [REPLAYED]: 'true' } });
  expect(shop.get('/v1/payment_intents').body.data).toHaveLength(1);
});

test('what the state of the intent did not allow is kept too', () => {
  const id = shop.held({ payment_method: 'pm_card_visa' });
  shop.cancel(id);
  const first = shop.capture(id, undefined, 'k');
  expect(shop.capture(id, undefined, 'k')).toMatchObject({
    ...{ status: 400, body: first.body, headers: { [REPLAYED]: 'true' } },
  });
});

test.each([{ amount: 0 }, { currency: 'zzz' }, { payment_method: 'pm_card_none' }])(
  'what was refused before it was begun is not: %j',
  (wrong) => {
    expect(shop.hold(wrong, 'k').status).toBe(400);
    expect(shop.hold({}, 'k')).toMatchObject({ status: 200 });
  },
);

test('nor is a 401', () => {
  const told = shop.ask('POST', '/v1/payment_intents', order, { 'idempotency-key': 'k', authorization: '' });
  expect(told).toMatchObject({ status: 401 });
  expect(shop.hold({}, 'k').headers[REPLAYED]).toBeUndefined();
});

test('reading knows no keys', () => {
  const id = shop.held();
  const headers = { 'idempotency-key': 'k' };
  expect(shop.ask('GET', `/v1/payment_intents/${id}`, {}, headers)).toMatchObject({
    body: { status: 'requires_capture' },
  });
  shop.capture(id);
  expect(shop.ask('GET', `/v1/payment_intents/${id}`, {}, headers)).toMatchObject({
    body: { status: 'succeeded' },
  });
});

test('a request whose key is in use is told so', () => {
  const request = { method: 'POST', path: '/v1/refunds', headers: { 'Idempotency-Key': 'k' } };
  const { status, headers, body } = shop.sandbox.conflict(request);
  expect(status).toBe(409);
  expect(headers['request-id']).toMatch(/^req_/);
  expect(JSON.parse(body)).toMatchObject({ error: { code: 'idempotency_key_in_use' } });
});

describe('faults', () => {
  const headers = { 'idempotency-key': 'k' };
  const faulty = (fault: Parameters<Shop['ask']>[4]) =>
    shop.ask('POST', '/v1/payment_intents', order, headers, fault);
  const declined = {
    status: 402,
    body: { error: { code: 'card_declined', decline_code: 'generic_decline' } },
  };

  test('transient: 429, nothing is done, and the key is free', () => {
    expect(faulty('transient')).toMatchObject({ status: 429, body: { error: { code: 'rate_limit' } } });
    expect(shop.moved()).toEqual([]);
    expect(shop.hold({}, 'k')).toMatchObject({ status: 200 });
  });

  test('permanent: declined, for good', () => {
    expect(faulty('permanent')).toMatchObject(declined);
    expect(shop.hold({}, 'k')).toMatchObject(declined);
    expect(shop.moved()).toEqual([]);
  });

  test('permanent, of a capture: refused, for good', () => {
    const path = `/v1/payment_intents/${shop.held()}/capture`;
    expect(shop.post(path, {}, 'c', 'permanent')).toMatchObject({ status: 400 });
    expect(shop.post(path, {}, 'c')).toMatchObject({ status: 400, headers: { [REPLAYED]: 'true' } });
    expect(shop.moved()).toEqual(['authorized 1290']);
  });

  test.each([
    ['ambiguous', 'cut'],
    ['silent-after', 'silent'],
  ] as const)('%s: done, and not answered; the key has the answer', (fault, told) => {
    expect(faulty(fault)).toBe(told);
    expect(shop.moved()).toEqual(['authorized 1290']);
    expect(shop.hold({}, 'k')).toMatchObject({ status: 200, headers: { [REPLAYED]: 'true' } });
    expect(shop.moved()).toEqual(['authorized 1290']);
  });

  test.each([
    ['lost', 'cut'],
    ['silent', 'silent'],
  ] as const)('%s: not done, not answered, and the key is free', (fault, told) => {
    expect(faulty(fault)).toBe(told);
    expect(shop.moved()).toEqual([]);
    expect(shop.hold({}, 'k').headers[REPLAYED]).toBeUndefined();
  });

  test.each([
    ['error-before', []],
    ['error-after', ['authorized 1290']],
  ] as const)('%s: the 500 is the answer of the key', (fault, moved) => {
    expect(faulty(fault)).toMatchObject({ status: 500, body: { error: { type: 'api_error' } } });
    expect(shop.hold({}, 'k')).toMatchObject({ status: 500, headers: { [REPLAYED]: 'true' } });
    expect(shop.moved()).toEqual(moved);
  });

  test('what was done before a fault stays done: a replay does nothing under any', () => {
    const first = shop.hold({}, 'k');
    for (const fault of ['permanent', 'error-before', 'error-after'] as const)
      expect(faulty(fault)).toMatchObject({ status: 200, body: first.body });
    expect(shop.moved()).toEqual(['authorized 1290']);
  });
});
