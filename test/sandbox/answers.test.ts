/** What is refused, in Stripe's form; lists and search. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openShop, order, type Shop, type Told } from './shop.ts';

let shop: Shop;
beforeEach(() => {
  shop = openShop();
});

test.each([
  ['amount', undefined, 'parameter_missing'],
  ['amount', '', 'parameter_missing'],
  ['amount', 0, 'parameter_invalid_integer'],
  ['amount', -1, 'parameter_invalid_integer'],
  ['amount', 1.5, 'parameter_invalid_integer'],
  ['amount', '1e3', 'parameter_invalid_integer'],
  ['amount', 100_000_000, 'amount_too_large'],
  ['currency', undefined, 'parameter_missing'],
  ['currency', 'EUR', 'parameter_invalid_string'],
  ['currency', 'zzz', 'parameter_invalid_string'],
  ['payment_method', undefined, 'parameter_missing'],
  ['payment_method', 'pm_card_none', 'resource_missing'],
  ['payment_method', 'toString', 'resource_missing'],
  ['capture_method', 'automatic', 'parameter_invalid_string'],
  ['confirm', undefined, 'parameter_missing'],
])('a hold with the %s %s is refused: %s', (param, value, code) => {
  const { status, body } = shop.hold({ [param]: value });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ type: 'invalid_request_error', code, param });
  expect(shop.moved()).toEqual([]);
});

test('the least and the most', () => {
  expect(shop.hold({ amount: 1 }).status).toBe(200);
  expect(shop.hold({ amount: 99_999_999 }).status).toBe(200);
});

test('another type than a card, and too much metadata', () => {
  const other = { 'allowed_payment_method_types[0]': 'sepa_debit' };
  expect(shop.hold(other).body.error?.code).toBe('payment_intent_invalid_parameter');
  expect(shop.hold({ 'metadata[m]': 'x'.repeat(501) }).body.error?.param).toBe('metadata');
});

test('no key, no answer', () => {
  for (const authorization of ['', 'Bearer ', 'sk_test_1']) {
    const told = shop.ask('GET', '/v1/payment_intents', {}, { authorization }) as Told;
    expect(told).toMatchObject({ status: 401, body: { error: { type: 'invalid_request_error' } } });
  }
});

test.each([
  ['GET', '/v1/charges'],
  ['GET', '/v2/payment_intents'],
  ['DELETE', '/v1/payment_intents'],
  ['POST', '/v1/payment_intents/pi_1/confirm'],
  ['GET', '/v1/payment_intents/pi_1/capture'],
  ['GET', '/v1/refunds/search'],
  ['GET', '/'],
  ['GET', '//'],
])('%s %s is not known', (method, path) => {
  expect(shop.ask(method, path)).toMatchObject({ status: 404, body: { error: { code: 'url_invalid' } } });
});

test('intents that are not there', () => {
  const missing = { status: 404, body: { error: { code: 'resource_missing' } } };
  expect(shop.read('pi_none')).toMatchObject(missing);
  expect(shop.capture('pi_none')).toMatchObject(missing);
  expect(shop.cancel('pi_none')).toMatchObject(missing);
  expect(shop.refund('pi_none')).toMatchObject(missing);
});

test('every answer has an id of its own, and tells the key', () => {
  const answers = [shop.hold({}, 'k'), shop.hold({}, 'k'), shop.read('pi_none'), shop.read('pi_none')];
  const ids = answers.map(({ headers }) => headers['request-id']);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{14}$/);
  expect(answers.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k', undefined, undefined]);
});

describe('lists', () => {
  const made = (count: number) =>
    Array.from({ length: count }, () => {
      shop.time.now += 1_000;
      return shop.held();
    });
  const idsOf = ({ body }: Told) => body.data?.map(({ id }) => id);

  test('newest first, by pages, to the end', () => {
    const ids = made(5).toReversed();
    const first = shop.get('/v1/payment_intents?limit=2');
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(first.body.has_more).toBe(true);
    const last = shop.get(`/v1/payment_intents?limit=3&starting_after=${ids[1]}`);
    expect(idsOf(last)).toEqual(ids.slice(2));
    expect(last.body.has_more).toBe(false);
  });

  test('those of a time', () => {
    const ids = made(3);
    const at = shop.time.now / 1000;
    expect(idsOf(shop.get(`/v1/payment_intents?created[gte]=${at}`))).toEqual([ids[2]]);
    expect(idsOf(shop.get(`/v1/payment_intents?created[lte]=${at - 2}`))).toEqual([ids[0]]);
    const encoded = encodeURIComponent('created[gte]');
    expect(idsOf(shop.get(`/v1/payment_intents?${encoded}=${at + 1}`))).toEqual([]);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'created[gte]=x', 'starting_after=pi_none'])(
    'not %s',
    (query) => {
      expect(shop.get(`/v1/payment_intents?${query}`).status).toBe(400);
    },
  );

  test('ten, where nobody says how many', () => {
    made(11);
    expect(idsOf(shop.get('/v1/payment_intents'))).toHaveLength(10);
  });
});

describe('search', () => {
  const search = (query: string) => shop.get(`/v1/payment_intents/search?query=${encodeURIComponent(query)}`);

  test('by metadata, declined ones too', () => {
    const id = shop.held({ 'metadata[detent_payment]': "it's" });
    shop.held();
    const declined = {
      ...order,
      'metadata[detent_payment]': "it's",
      payment_method: 'pm_card_visa_chargeDeclined',
    };
    const other = shop.hold(declined).body.error?.payment_intent?.id;
    const { body } = search("metadata['detent_payment']:'it\\'s'");
    expect(body).toMatchObject({ object: 'search_result', has_more: false });
    expect(body.data?.map((one) => one.id)).toEqual([other, id]);
    expect(search("metadata['detent_payment']:'none'").body.data).toEqual([]);
  });

  test('and by nothing else', () => {
    for (const query of ['', 'amount>100', "metadata['a']:'b' OR metadata['c']:'d'"])
      expect(search(query).status).toBe(400);
  });
});
