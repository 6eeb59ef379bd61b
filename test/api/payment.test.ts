/** The payment routes: what they take, what they refuse, what they show. The gateway says yes at once, unless it is asked not to. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CardGateway } from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { nobody } from '../../local/outside.ts';
import { expectProblem, type Http, openHttp, type Reply, withKey } from '../support/http.ts';
import { order } from '../support/payments.ts';

let http: Http;
let silent = false;

const send: CardGateway['send'] = async () => {
  if (silent) throw new EffectError('ambiguous', 'no-answer');
  return { status: 'done', authorization: 'pi_1' };
};
const gateway: CardGateway = { send, find: async () => ({ status: 'undecided' }) };

beforeAll(async () => {
  http = await openHttp({ outside: async () => ({ ...nobody, gateway }) });
});
afterAll(() => http.close());
beforeEach(() => {
  silent = false;
});

const create = async (changes: JsonObject = {}): Promise<string> => {
  const reply = await http.post('/payments', { ...order, ...changes });
  expect(reply.status).toBe(201);
  return String(reply.body['paymentId']);
};
/** Sends a request, and waits until its effects are over. */
const act = async (id: string, action: string, body?: JsonObject): Promise<Reply> => {
  const reply = await http.post(`/payments/${id}/${action}`, body);
  await http.runtime.idle();
  return reply;
};
const view = async (id: string) => (await http.get(`/payments/${id}`)).body;
const entries = async (id: string) =>
  (await http.get(`/payments/${id}/history`)).body['entries'] as JsonObject[];

/** 400 with errors at these paths; no payment has been made. */
async function expectInvalid(reply: Reply, paths: string[]): Promise<void> {
  const errors = reply.body['errors'] as JsonObject[];
  expectProblem(reply, 400, 'invalid-request', { members: { errors } });
  expect([...new Set(errors.map(({ path }) => path))]).toEqual(paths);
}

describe('a payment', () => {
  test('is created with the view of the contract, and nothing more', async () => {
    const reply = await http.post('/payments', order);
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      paymentId: expect.stringMatching(/^[\w-]{22}$/),
      state: 'Created',
      amount: order.amount,
      version: 1,
    });
    expect(await view(String(reply.body['paymentId']))).toEqual(reply.body);
  });

  test('goes through authorisation, capture and reversal', async () => {
    const id = await create();
    expect(await act(id, 'authorize')).toMatchObject({
      status: 202,
      body: { state: 'Authorizing', version: 2 },
    });
    expect(await view(id)).toMatchObject({ state: 'Authorized', version: 3 });
    expect(await act(id, 'capture', { value: 1_000 })).toMatchObject({
      status: 202,
      body: { state: 'Capturing' },
    });
    expect(await view(id)).toMatchObject({ state: 'Captured', captured: { value: 1_000, currency: 'EUR' } });
    expect(await act(id, 'reverse')).toMatchObject({ status: 202, body: { state: 'Reversing' } });
    expect(await view(id)).toEqual({
      paymentId: id,
      state: 'Reversed',
      amount: order.amount,
      captured: { value: 1_000, currency: 'EUR' },
      reversed: { value: 1_000, currency: 'EUR' },
      version: 7,
    });
  });

  test.each([
    ['capture', 'Created'],
    ['cancel', 'Created'],
    ['reverse', 'Created'],
  ])('%s in %s: 409 with the state, and nothing is written', async (action, state) => {
    const id = await create();
    const reply = await act(id, action);
    expectProblem(reply, 409, 'wrong-state', { members: { state } });
    expect(await view(id)).toMatchObject({ state, version: 1 });
  });

  test('that nobody made: 404 for each address', async () => {
    for (const path of ['', '/history', '?version=1'])
      expectProblem(await http.get(`/payments/none${path}`), 404, 'not-found');
    for (const action of ['authorize', 'capture', 'cancel', 'abort', 'reverse'])
      expectProblem(await http.post(`/payments/none/${action}`), 404, 'not-found');
  });

  test('answers other methods with 405', async () => {
    const id = await create();
    expectProblem(await http.del(`/payments/${id}`), 405, 'method-not-allowed');
    expectProblem(await http.get('/payments'), 405, 'method-not-allowed');
    expectProblem(await http.get(`/payments/${id}/authorize`), 405, 'method-not-allowed');
    expectProblem(await http.post(`/payments/${id}/history`), 405, 'method-not-allowed');
  });
});

describe('bad input is refused by name, and nothing is written', () => {
  const amounts: [what: string, amount: Json, paths: string[]][] = [
    ['zero', { value: 0, currency: 'EUR' }, ['amount.value']],
    ['negative', { value: -1, currency: 'EUR' }, ['amount.value']],
    ['huge', { value: 100_000_000, currency: 'EUR' }, ['amount.value']],
    ['beyond all numbers', { value: 1e300, currency: 'EUR' }, ['amount.value']],
    ['fractional', { value: 12.9, currency: 'EUR' }, ['amount.value']],
    ['a text', { value: '1290', currency: 'EUR' }, ['amount.value']],
    ['none', { currency: 'EUR' }, ['amount.value']],
    ['an unknown currency', { value: 1, currency: 'XXX' }, ['amount.currency']],
    ['a currency that is no more', { value: 1, currency: 'BGN' }, ['amount.currency']],
    ['a currency in small letters', { value: 1, currency: 'eur' }, ['amount.currency']],
    ['a currency that the gateway counts otherwise', { value: 1, currency: 'KWD' }, ['amount.currency']],
    ['no currency', { value: 1 }, ['amount.currency']],
    ['a list', [1290, 'EUR'], ['amount']],
    ['more than an amount', { value: 1, currency: 'EUR', scale: 2 }, ['amount.scale']],
  ];
  test.each(amounts)('an amount that is %s', async (_what, amount, paths) => {
    await expectInvalid(await http.post('/payments', { ...order, amount }), paths);
  });

  test.each(['pm_card_nobody', 'pm_1', 'card_visa', '', 'pm_', '4242424242424242', 'pm_card_visa ', 7, null])(
    'the unknown payment method %j',
    async (paymentMethod) => {
      await expectInvalid(await http.post('/payments', { ...order, paymentMethod }), ['paymentMethod']);
    },
  );

  test('no merchant, or one beyond measure', async () => {
    for (const merchant of ['', ' ', '\ud800x', 'a\u0000b', '\n', 'm'.repeat(129), undefined, 5])
      await expectInvalid(await http.post('/payments', { ...order, merchant }), ['merchant']);
  });

  test.each([0, -5, 12.5, '100', 1e300, null])('a capture of %j', async (value) => {
    const id = await create();
    await act(id, 'authorize');
    await expectInvalid(await http.post(`/payments/${id}/capture`, { value }), ['value']);
    expect(await view(id)).toMatchObject({ state: 'Authorized', version: 3 });
  });

  test.each(['Authorized', 'Authorizing'])(
    'a capture of more than was authorised, in %s: 409',
    async (state) => {
      silent = state === 'Authorizing';
      const id = await create();
      await act(id, 'authorize');
      const before = await view(id);
      expect(before).toMatchObject({ state });
      const reply = await http.post(`/payments/${id}/capture`, { value: order.amount.value + 1 });
      expectProblem(reply, 409, 'amount-too-large', { members: { amount: order.amount } });
      expect(await view(id)).toEqual(before);
    },
  );

  test('a second capture: 409', async () => {
    const id = await create();
    await act(id, 'authorize');
    await act(id, 'capture', { value: 100 });
    const reply = await act(id, 'capture', { value: 100 });
    expectProblem(reply, 409, 'wrong-state', { members: { state: 'Captured' } });
  });

  test('fields where none belong', async () => {
    const id = await create();
    await expectInvalid(await http.post(`/payments/${id}/authorize`, { value: 1 }), ['value']);
    expect(await view(id)).toMatchObject({ version: 1 });
  });
});

describe('an Idempotency-Key', () => {
  test('makes one payment of two requests, with the same answer', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => http.post('/payments', order, withKey('same'))));
    expect(one).toMatchObject({ status: 201 });
    expect(two?.text).toBe(one?.text);
    const other = await http.post('/payments', { ...order, merchant: 'another' }, withKey('same'));
    expectProblem(other, 422, 'key-reused');
  });

  test('makes one capture of two', async () => {
    const id = await create();
    await act(id, 'authorize');
    const [one, two] = await Promise.all(
      [1, 2].map(() => http.post(`/payments/${id}/capture`, { value: 5 }, withKey('once'))),
    );
    await http.runtime.idle();
    expect(one).toMatchObject({ status: 202 });
    expect(two?.text).toBe(one?.text);
    expect((await entries(id)).filter(({ to }) => to === 'Capturing')).toHaveLength(1);
  });
});

describe('the past', () => {
  test('shows each version as it was', async () => {
    const id = await create();
    const seen = [await view(id)];
    for (const action of ['authorize', 'capture', 'reverse']) {
      const asked = await act(id, action);
      seen.push(asked.body, await view(id));
    }
    for (const [index, past] of seen.entries())
      expect((await http.get(`/payments/${id}?version=${index + 1}`)).body).toEqual(past);
  });

  test.each(['0', '-1', '8', '1000000', '99999999999'])('has no version %s: 404', async (version) => {
    const id = await create();
    expectProblem(await http.get(`/payments/${id}?version=${version}`), 404, 'not-found');
  });

  test.each(['1.5', 'latest', '', '1e3', ' 1'])('knows no version %j: 400', async (version) => {
    const id = await create();
    await expectInvalid(await http.get(`/payments/${id}?version=${version}`), ['version']);
  });

  test('is a history of events, facts and effects; no request of an effect, no card in it', async () => {
    const id = await create();
    await act(id, 'authorize');
    const told = await entries(id);
    expect(told).toEqual([
      expect.objectContaining({
        version: 1,
        event: { id: expect.any(String), type: 'PaymentCreated', at: expect.any(String) },
        from: 'New',
        to: 'Created',
        facts: [{ type: 'PaymentAccepted', merchant: 'shop', amount: order.amount }],
        effects: [],
      }),
      expect.objectContaining({
        version: 2,
        facts: [{ type: 'AuthorizationRequested', amount: order.amount }],
        effects: [{ id: `${id}/2/1`, kind: 'payment.authorize', status: 'delivered' }],
      }),
      expect.objectContaining({
        version: 3,
        event: { id: `${id}/2/1/result`, type: 'AuthApproved', at: expect.any(String) },
        from: 'Authorizing',
        to: 'Authorized',
      }),
    ]);
    for (const entry of told) {
      expect(Object.keys(entry).sort()).toEqual(
        ['at', 'effects', 'event', 'facts', 'from', 'hash', 'to', 'version'].sort(),
      );
      expect(entry['hash']).toMatch(/^[\w-]{43}$/);
    }
    expect(JSON.stringify(told)).not.toContain('pm_card_visa');
  });
});

describe('what has to wait', () => {
  test.each([
    ['capture', 'Captured'],
    ['cancel', 'Cancelled'],
  ])('%s while Authorizing is taken once the gateway has answered', async (action, ends) => {
    silent = true;
    const id = await create();
    await act(id, 'authorize');
    const asked = await act(id, action);
    expect(asked).toMatchObject({ status: 202, body: { state: 'Authorizing', version: 3 } });
    expect((await entries(id)).at(-1)).toMatchObject({ from: 'Authorizing', to: 'Authorizing', facts: [] });
    silent = false;
    await http.post('/dev/clock', { advanceSeconds: 60 });
    await http.runtime.idle();
    expect(await view(id)).toMatchObject({ state: ends });
  });
});
