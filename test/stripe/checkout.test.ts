/** Stripe Checkout through the real library, over HTTP, to the sandbox: what each answer means. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStripeCheckout } from '../../adapters/stripe/checkout.ts';
import { sessionState } from '../../adapters/stripe/session.ts';
import type { SessionOrder } from '../../core/checkout-provider.ts';
import type { EffectFailure } from '../../core/errors.ts';
import type { Session } from '../../local/sandbox/answers.ts';
import { type House, openHouse } from './house.ts';
import { openStub } from './stub.ts';

const MINUTE = 60_000;
const call = { checkoutId: 'c-1', key: 'c-1/1/1', signal: new AbortController().signal };

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const checkoutAt = (url: string) =>
  createStripeCheckout({ apiKey: async () => 'sk_test_1', url, timeoutMs: 300 });
const orderUntil = (ms: number): SessionOrder => ({
  items: [
    { sku: 'mug', quantity: 2, price: 1_290 },
    { sku: 'poster', quantity: 1, price: 890 },
  ],
  ...{ currency: 'EUR', email: 'a@example.com', returnUrl: 'https://shop.example/orders/c-1' },
  expiresAt: new Date(ms).toISOString(),
});
const create = (key = call.key, ms = house.time.now + 60 * MINUTE) =>
  checkoutAt(house.url).createSession(orderUntil(ms), { ...call, key });
async function opened(): Promise<Session> {
  const made = await create();
  if (made.status !== 'created') throw new Error(made.code);
  return house.sandbox.session(made.session) as Session;
}
const failure = (means: EffectFailure) => ({ name: 'EffectError', failure: means });

describe('a session', () => {
  test('is made as it is asked for', async () => {
    const session = await opened();
    expect(session).toMatchObject({
      ...{ amount_total: 3_470, currency: 'eur', customer_email: 'a@example.com', status: 'open' },
      ...{ client_reference_id: 'c-1', metadata: { checkoutId: 'c-1' } },
      ...{ success_url: 'https://shop.example/orders/c-1', cancel_url: 'https://shop.example/orders/c-1' },
      expires_at: Math.floor((house.time.now + 60 * MINUTE) / 1000),
      url: `${house.url}/pay/${session.id}`,
    });
  });

  test('is one under one key, also where the first answer was lost', async () => {
    house.fault('ambiguous');
    await expect(create()).rejects.toMatchObject(failure('ambiguous'));
    const [first, second] = [await create(), await create()];
    expect(first).toEqual(second);
    expect(first).toMatchObject({ status: 'created', session: 'cs_test_sandbox000000000001' });
  });

  test.each<[string, EffectFailure]>([
    ['transient', 'transient'],
    ['lost', 'ambiguous'],
    ['silent', 'ambiguous'],
    ['silent-after', 'ambiguous'],
  ])('with the fault %s is %s', async (fault, means) => {
    house.fault(fault as 'lost');
    await expect(create()).rejects.toMatchObject(failure(means));
  });

  test('that is refused is no session', async () => {
    house.fault('permanent');
    expect(await create()).toEqual({ status: 'refused', code: 'refused' });
    expect(await create('k-2', house.time.now + 29 * MINUTE)).toMatchObject({ status: 'refused' });
    expect(await create('k-3', house.time.now + 25 * 60 * MINUTE)).toMatchObject({ status: 'refused' });
  });

  test('whose key has come to an error that is kept is given up: nobody can know a page of it', async () => {
    house.fault('error-after');
    await expect(create()).rejects.toMatchObject(failure('ambiguous'));
    expect(await create()).toEqual({ status: 'refused', code: 'stored-error' });
  });

  test('nobody there: certainly not made', async () => {
    await house.close();
    await expect(create()).rejects.toMatchObject(failure('transient'));
    house = await openHouse();
  });
});

describe('how a session ended', () => {
  const read = (session: Session) => checkoutAt(house.url).readSession(session.id, call);
  const expire = (session: Session) => checkoutAt(house.url).expireSession(session.id, { ...call, key: 'x' });

  test('open, then paid', async () => {
    const session = await opened();
    expect(await read(session)).toEqual({ status: 'open' });
    house.sandbox.act(session.id, 'decline');
    expect(await read(session)).toEqual({ status: 'open' });
    house.sandbox.act(session.id, 'pay');
    expect(await read(session)).toEqual({ status: 'paid', payment: expect.stringMatching(/^pi_/) });
    expect(house.moved()).toEqual(['authorized 3470', 'captured 3470']);
  });

  test.each([
    ['pay-later', { status: 'paid', payment: expect.stringMatching(/^pi_/) }],
    ['fail-later', { status: 'declined' }],
  ] as const)('%s: first on its way', async (deed, end) => {
    const session = await opened();
    house.sandbox.act(session.id, deed);
    expect(await read(session)).toEqual({ status: 'processing' });
    house.time.now += MINUTE;
    expect(await read(session)).toEqual(end);
  });

  test('expired by time', async () => {
    const session = await opened();
    house.time.now += 60 * MINUTE;
    expect(await read(session)).toEqual({ status: 'expired' });
  });

  test('closed by us, twice under one key', async () => {
    const session = await opened();
    expect(await expire(session)).toEqual({ status: 'expired' });
    expect(await expire(session)).toEqual({ status: 'expired' });
    expect(house.sandbox.act(session.id, 'pay')).toMatchObject({ status: 'expired' });
  });

  test('closed by us a moment too late: it was paid', async () => {
    const session = await opened();
    house.sandbox.act(session.id, 'pay');
    expect(await expire(session)).toMatchObject({ status: 'paid', payment: expect.any(String) });
  });

  test('closed by us while the money is on its way: nobody knows yet', async () => {
    const session = await opened();
    house.sandbox.act(session.id, 'pay-later');
    expect(await expire(session)).toEqual({ status: 'processing' });
    house.time.now += MINUTE;
    expect(await expire(session)).toMatchObject({ status: 'paid' });
  });

  test('the answer was lost: asked again, it is as it was', async () => {
    const session = await opened();
    house.fault('silent-after');
    await expect(expire(session)).rejects.toMatchObject(failure('ambiguous'));
    expect(await expire(session)).toEqual({ status: 'expired' });
  });

  test('one that is not there is a matter for a person, and nothing is said of it', async () => {
    await expect(checkoutAt(house.url).readSession('cs_none', call)).rejects.toMatchObject(
      failure('transient'),
    );
  });
});

test('what is none of Stripe’s says nothing', async () => {
  const stub = await openStub();
  stub.answer((response) => response.writeHead(200).end('{"object":"error page"}'));
  const signal = call.signal;
  await expect(checkoutAt(stub.url).createSession(orderUntil(0), call)).rejects.toMatchObject(
    failure('ambiguous'),
  );
  await expect(checkoutAt(stub.url).readSession('cs_1', { checkoutId: 'c-1', signal })).rejects.toMatchObject(
    {
      name: 'EffectError',
    },
  );
  await stub.close();
});

test.each([
  [{ status: 'open', payment_status: 'unpaid' }, 'open'],
  [{ status: 'expired', payment_status: 'unpaid' }, 'expired'],
  [{ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' }, 'paid'],
  [{ status: 'complete', payment_status: 'no_payment_required' }, 'paid'],
  [{ status: 'complete', payment_status: 'unpaid', payment_intent: 'pi_1' }, 'processing'],
  [
    { status: 'complete', payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'processing' } },
    'processing',
  ],
  [
    { status: 'complete', payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'canceled' } },
    'declined',
  ],
  [
    {
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { id: 'pi_1', status: 'requires_payment_method' },
    },
    'declined',
  ],
  [{ status: null, payment_status: 'unpaid' }, 'open'],
] as const)('%j is %s', (session, status) => {
  expect(sessionState(session as never).status).toBe(status);
});
