/** The effects of orders: what is asked of whom, under which key, and which event an answer becomes. */
import { describe, expect, test } from '@jest/globals';
import type { CardGateway, GatewayAnswer, GatewayFinding } from '../../core/card-gateway.ts';
import type { CheckoutProvider, SessionState } from '../../core/checkout-provider.ts';
import { EffectError, type EffectFailure } from '../../core/errors.ts';
import type { JsonObject } from '../../core/types.ts';
import { fulfilmentExecutors } from '../../flows/checkout/fulfilment.ts';
import { checkoutExecutors } from '../../flows/checkout/payments.ts';

const context = (key = 'c/1/1') => ({
  ...{ flow: 'checkout', flowId: 'c', key, now: '2026-01-01T00:00:00.000Z', entry: {} },
  signal: new AbortController().signal,
});
const total = { value: 1_290, currency: 'EUR' };

interface World {
  sent?: GatewayAnswer[];
  found?: GatewayFinding;
  state?: SessionState;
  created?: Awaited<ReturnType<CheckoutProvider['createSession']>>;
}

function world({
  sent = [],
  found = { status: 'nothing' },
  state = { status: 'open' },
  created,
}: World = {}) {
  const asked: object[] = [];
  const gateway: CardGateway = {
    async send(request, { key, paymentId }) {
      asked.push({ ...request, key, paymentId });
      const answer = sent.shift();
      if (!answer) throw new EffectError('ambiguous', 'time-out');
      return answer;
    },
    async find(request, since) {
      asked.push({ find: request.do, since });
      return found;
    },
  };
  const provider: CheckoutProvider = {
    async createSession(order, { checkoutId, key }) {
      asked.push({ create: order, checkoutId, key });
      return created ?? { status: 'created', session: 'cs_1', url: 'https://pay.example/1' };
    },
    async expireSession(session, { key }) {
      asked.push({ expire: session, key });
      return state;
    },
    async readSession(session) {
      asked.push({ read: session });
      return state;
    },
  };
  const executors = checkoutExecutors(provider, gateway);
  const perform = (kind: string, more: JsonObject, key?: string) =>
    executors[kind]?.perform({ id: 'c/1/1', kind, ...more }, context(key));
  const failure = (kind: string, means: EffectFailure) =>
    executors[kind]?.failure({ id: 'c/1/1', kind }, new EffectError(means, 'why'));
  return { asked, perform, failure };
}

describe('checkout.create-session', () => {
  const order = {
    items: [{ sku: 'mug', quantity: 1, price: 1_290 }],
    ...{ currency: 'EUR', email: 'a@example.com', expiresAt: '2026-01-01T01:00:00.000Z' },
    returnUrl: 'https://shop.example/',
  };

  test('asks under the key, and tells where it can be paid', async () => {
    const { perform, asked } = world();
    expect(await perform('checkout.create-session', { order }, 'c/1/9')).toEqual({
      event: { type: 'PaymentSessionCreated', payload: { session: 'cs_1', url: 'https://pay.example/1' } },
    });
    expect(asked).toEqual([{ create: order, checkoutId: 'c', key: 'c/1/9' }]);
  });

  test('a refusal is an event', async () => {
    const { perform } = world({ created: { status: 'refused', code: 'no' } });
    expect(await perform('checkout.create-session', { order })).toEqual({
      event: { type: 'PaymentSessionFailed', payload: { code: 'no' } },
    });
  });

  test('what nobody knows is none: the deadline asks again', () => {
    const { failure } = world();
    expect(failure('checkout.create-session', 'permanent')).toMatchObject({ type: 'PaymentSessionFailed' });
    for (const means of ['ambiguous', 'transient'] as const)
      expect(failure('checkout.create-session', means)).toBeUndefined();
  });
});

const states: [SessionState, string | undefined][] = [
  [{ status: 'open' }, undefined],
  [{ status: 'processing' }, undefined],
  [{ status: 'paid', payment: 'pi_1' }, 'PaymentSucceeded'],
  [{ status: 'paid' }, 'PaymentSucceeded'],
  [{ status: 'declined' }, 'PaymentDeclined'],
  [{ status: 'expired' }, 'PaymentExpired'],
];

describe.each(states)('a session that is %j', (state, type) => {
  const payload = { session: 'cs_1', ...('payment' in state && { payment: state.payment }) };

  test('when it is asked for', async () => {
    const { perform } = world({ state });
    const performed = await perform('checkout.inquire', { session: 'cs_1' });
    expect(performed).toEqual(type ? { event: { type, payload } } : { done: true });
  });

  test('when it is closed: that is asked until it is known', async () => {
    const { perform, asked } = world({ state });
    const performed = perform('checkout.expire-session', { session: 'cs_1' }) as Promise<object>;
    if (type) expect(await performed).toEqual({ event: { type, payload } });
    else await expect(performed).rejects.toMatchObject({ failure: 'transient' });
    expect(asked).toEqual([{ expire: 'cs_1', key: 'c/1/1' }]);
  });
});

describe('checkout.refund', () => {
  const effect = {
    paid: { session: 'cs_1', payment: 'pi_1' },
    amount: total,
    since: '2025-12-31T00:00:00.000Z',
  };
  const refund = (given: World) => {
    const made = world(given);
    return { ...made, performed: made.perform('checkout.refund', effect) as Promise<object> };
  };
  const succeeded = { event: { type: 'RefundSucceeded', payload: {} } };
  const declined = (code: string) => ({ event: { type: 'RefundDeclined', payload: { code } } });
  const done = { status: 'done', authorization: 'pi_1' } as const;

  test.each<[string, World, object, number]>([
    ['it goes back', { sent: [done] }, succeeded, 1],
    ['it is refused', { sent: [{ status: 'refused', code: 'no' }] }, declined('no'), 2],
    [
      'it is refused, but was made before',
      { sent: [{ status: 'refused', code: 'no' }], found: done },
      succeeded,
      2,
    ],
    [
      'it is refused, but is on its way',
      { sent: [{ status: 'refused', code: 'no' }], found: { status: 'undecided' } },
      { done: true },
      2,
    ],
    [
      'it is on its way',
      { sent: [{ status: 'undecided' }], found: { status: 'undecided' } },
      { done: true },
      2,
    ],
    ['it was on its way, and has come', { sent: [{ status: 'undecided' }], found: done }, succeeded, 2],
    [
      'it was on its way, and failed',
      { sent: [{ status: 'undecided' }], found: { status: 'refused', code: 'x' } },
      declined('x'),
      2,
    ],
    ['it was taken, and is not to be found', { sent: [{ status: 'undecided' }] }, { done: true }, 2],
    [
      'its key has an error, but it was made',
      { sent: [{ status: 'stored-error' }], found: done },
      succeeded,
      2,
    ],
    [
      'its key has an error, and nothing was made',
      { sent: [{ status: 'stored-error' }, done] },
      succeeded,
      3,
    ],
    [
      'so has the next key, and then it is on its way',
      { sent: [{ status: 'stored-error' }, { status: 'undecided' }] },
      { done: true },
      3,
    ],
  ])('%s', async (_what, given, expected, calls) => {
    const { performed, asked } = refund(given);
    expect(await performed).toEqual(expected);
    expect(asked).toHaveLength(calls);
    expect(asked[0]).toEqual({
      do: 'reverse',
      authorization: 'pi_1',
      amount: total,
      key: 'c/1/1',
      paymentId: 'c',
    });
    if (calls === 3) expect(asked[2]).toMatchObject({ key: 'c/1/1/2' });
  });

  test('both keys have errors: nobody knows', async () => {
    const { performed } = refund({ sent: [{ status: 'stored-error' }, { status: 'stored-error' }] });
    await expect(performed).rejects.toMatchObject({ failure: 'ambiguous' });
  });

  test('without the id of the money it is asked for', async () => {
    const paid = { session: 'cs_1' };
    const known = world({ sent: [done], state: { status: 'paid', payment: 'pi_9' } });
    expect(await known.perform('checkout.refund', { ...effect, paid })).toEqual(succeeded);
    expect(known.asked[1]).toMatchObject({ authorization: 'pi_9' });
    const unknown = world({ state: { status: 'paid' } });
    await expect(unknown.perform('checkout.refund', { ...effect, paid })).rejects.toMatchObject({
      failure: 'transient',
    });
  });

  test('only a no for good is a decline', () => {
    const { failure } = world();
    expect(failure('checkout.refund', 'permanent')).toMatchObject({ type: 'RefundDeclined' });
    expect(failure('checkout.refund', 'ambiguous')).toBeUndefined();
  });
});

describe('to the warehouse', () => {
  const what = { items: [{ sku: 'mug', quantity: 2 }], notAfter: '2026-01-05T00:00:00.000Z' };
  function queue() {
    const sent: object[] = [];
    const executors = fulfilmentExecutors({
      async send({ id, body }) {
        sent.push({ id, body });
        return { receipt: 'r-1' };
      },
    });
    return { sent, executors };
  }

  test('a command goes under its own id, and an inquiry is the command again', async () => {
    const { sent, executors } = queue();
    const body = { id: 'c/3/1', type: 'FulfilOrder', flow: 'checkout', flowId: 'c', ...what };
    const command = { id: 'c/3/1', kind: 'fulfilment.command', ...what };
    const inquiry = { id: 'c/4/1', kind: 'fulfilment.inquire', ...what, command: 'c/3/1' };
    expect(await executors['fulfilment.command']?.perform(command, context())).toEqual({
      done: true,
      receipt: 'r-1',
    });
    await executors['fulfilment.inquire']?.perform(inquiry, context());
    expect(sent).toEqual([
      { id: 'c/3/1', body },
      { id: 'c/4/1', body: { ...body, again: true } },
    ]);
  });

  test('only a no for good is a failure of the command, and an inquiry has none', () => {
    const { executors } = queue();
    const failure = (kind: string, means: EffectFailure) =>
      executors[kind]?.failure({ id: 'c/3/1', kind }, new EffectError(means, 'why'));
    expect(failure('fulfilment.command', 'permanent')).toEqual({
      type: 'CommandSendingFailed',
      payload: { code: 'why' },
    });
    for (const means of ['ambiguous', 'transient'] as const)
      expect(failure('fulfilment.command', means)).toBeUndefined();
    expect(failure('fulfilment.inquire', 'permanent')).toBeUndefined();
    expect([executors['fulfilment.command'], executors['fulfilment.inquire']]).toMatchObject([
      { persistent: true, unkeyed: true },
      { unkeyed: true },
    ]);
  });
});

test('an effect that no action asked for is refused', async () => {
  const { perform } = world();
  for (const kind of [
    'checkout.create-session',
    'checkout.expire-session',
    'checkout.inquire',
    'checkout.refund',
  ])
    await expect(perform(kind, {})).rejects.toMatchObject({ failure: 'permanent' });
});
