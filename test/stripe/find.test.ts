/** What became of a request, by what the gateway holds. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import type { GatewayFinding } from '../../core/card-gateway.ts';
import { DAY_MS, type House, openHouse } from './house.ts';
import { json, openStub } from './stub.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const nothing = { status: 'nothing' };
const done = (authorization: string) => ({ status: 'done', authorization });
const refused = (code: string) => ({ status: 'refused', code });
const sinceSeconds = Date.parse('2026-01-01T00:00:00.000Z') / 1000;

describe('an authorisation', () => {
  const find = (paymentId?: string) => house.find(house.request.authorize(), paymentId);

  test('that was never made', async () => {
    await house.send(house.request.authorize(), 'k', 'p-2');
    expect(await find()).toEqual(nothing);
  });

  test('that holds money, also once that is captured', async () => {
    const id = await house.held();
    expect(await find()).toEqual(done(id));
    await house.send(house.request.capture(id));
    expect(await find()).toEqual(done(id));
  });

  test('whose answer was an error, after all was done', async () => {
    house.fault('error-after');
    await expect(house.send(house.request.authorize())).rejects.toThrow('gateway-500');
    expect(await find()).toMatchObject({ status: 'done' });
  });

  test('that was declined, or has ended', async () => {
    await house.send(house.request.authorize('pm_card_visa_chargeDeclinedLostCard'));
    expect(await find()).toEqual(refused('lost_card'));
    await house.send(house.request.authorize(), 'k', 'p-2');
    house.time.now += 7 * DAY_MS;
    expect(await find('p-2')).toEqual(refused('canceled'));
  });

  test('of several the approved one', async () => {
    await house.send(house.request.authorize('pm_card_visa_chargeDeclined'));
    const id = await house.held();
    await house.send(house.request.authorize('pm_card_visa_chargeDeclined'));
    expect(await find()).toEqual(done(id));
  });

  test('of a payment whose id has quotes in it', async () => {
    await house.send(house.request.authorize(), 'k', "it's \\ mine");
    expect(await find("it's \\ mine")).toMatchObject({ status: 'done' });
    expect(await find("it's")).toEqual(nothing);
  });

  test('changes nothing', async () => {
    await house.held();
    const before = house.sandbox.ledger();
    house.fault('permanent', 100);
    await find();
    await find('p-2');
    expect(house.sandbox.ledger()).toEqual(before);
  });
});

describe('a capture, a release', () => {
  const findBoth = async (id: string, value?: number) => [
    await house.find(house.request.capture(id, value)),
    await house.find(house.request.void(id)),
  ];

  test('that was not made', async () => {
    expect(await findBoth(await house.held())).toEqual([nothing, nothing]);
  });

  test('of what is captured', async () => {
    const id = await house.held();
    await house.send(house.request.capture(id, 500));
    expect(await findBoth(id, 500)).toEqual([done(id), refused('captured')]);
    expect(await findBoth(id, 501)).toEqual([refused('captured-otherwise'), refused('captured')]);
  });

  test('of what is released, or has expired', async () => {
    const [released, expired] = [await house.held(), await house.held()];
    await house.send(house.request.void(released));
    expect(await findBoth(released)).toEqual([refused('authorization-expired'), done(released)]);
    house.time.now += 7 * DAY_MS;
    expect(await findBoth(expired)).toEqual([refused('authorization-expired'), done(expired)]);
  });

  test('of what nobody knows', async () => {
    await expect(findBoth('pi_none')).rejects.toMatchObject({ failure: 'transient' });
  });
});

describe('a reversal', () => {
  const paid = async (paymentMethod?: string) => {
    const id = await house.held(paymentMethod);
    await house.send(house.request.capture(id));
    return id;
  };
  const find = (id: string) => house.find(house.request.reverse(id));

  test('that was not made', async () => {
    const id = await paid();
    expect(await find(id)).toEqual(nothing);
    // Somebody else's.
    await house.send(house.request.reverse(id, 1), 'k', 'by hand');
    expect(await find(id)).toEqual(nothing);
  });

  test('that was', async () => {
    const id = await paid();
    await house.send(house.request.reverse(id));
    expect(await find(id)).toEqual(done(id));
  });

  test('that is open, and then is not', async () => {
    const id = await paid('pm_card_pendingRefund');
    await house.send(house.request.reverse(id));
    expect(await find(id)).toEqual({ status: 'undecided' });
    house.time.now += 60_000;
    expect(await find(id)).toEqual(done(id));
  });

  test('that has failed', async () => {
    const id = await paid('pm_card_refundFail');
    await house.send(house.request.reverse(id));
    expect(await find(id)).toEqual(refused('expired_or_canceled_card'));
  });
});

describe('the proof that there is nothing', () => {
  let stub: Awaited<ReturnType<typeof openStub>>;
  beforeEach(async () => {
    stub = await openStub();
  });
  afterEach(() => stub.close());

  const intent = (n: number, paymentId: string) => ({
    ...{ id: `pi_${n}`, object: 'payment_intent', status: 'requires_capture' },
    metadata: { detent_payment: paymentId },
  });
  const list = (data: object[], has_more = false) => ({ object: 'list', data, has_more });

  function find(
    signal = new AbortController().signal,
    paymentId = 'p-1',
    hours = 0,
  ): Promise<GatewayFinding> {
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url });
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    const call = { paymentId, signal, now: at(sinceSeconds + hours * 3_600) };
    return gateway.find(house.request.authorize(), at(sinceSeconds), call);
  }

  /** Answers the search with nothing, and page `n` of the list, from 0, with what the test says. */
  function lists(page: (n: number) => object): void {
    let n = 0;
    stub.answer((response, heard) =>
      json(200, heard.path.includes('/search') ? list([]) : page(n++))(response, heard),
    );
  }
  const asked = () =>
    stub.heard
      .filter(({ path }) => !path.includes('/search'))
      .map(({ path }) => Object.fromEntries(new URL(path, stub.url).searchParams));

  test('begins with a search for the payment, whatever its id is made of', async () => {
    lists(() => list([]));
    await find(undefined, "it's \\ mine");
    const query = new URL(stub.heard[0]?.path ?? '', stub.url).searchParams.get('query');
    expect(query).toBe("metadata['detent_payment']:'it\\'s \\\\ mine'");
  });

  test('is the list of all that was made since, an hour more for the clocks', async () => {
    lists(() => list([intent(1, 'p-2')]));
    expect(await find()).toEqual(nothing);
    expect(asked()).toEqual([{ 'created[gte]': String(sinceSeconds - 3_600), limit: '100' }]);
  });

  test('not the search, which lags behind', async () => {
    lists(() => list([intent(1, 'p-1')]));
    expect(await find()).toEqual(done('pi_1'));
  });

  test('goes to the end, page by page', async () => {
    lists((n) => (n < 4 ? list([intent(n, 'p-2')], true) : list([intent(n, 'p-1')])));
    expect(await find()).toEqual(done('pi_4'));
    expect(asked().map((query) => query['starting_after'])).toEqual([
      undefined,
      'pi_0',
      'pi_1',
      'pi_2',
      'pi_3',
    ]);
  });

  test('a declined one does not end it', async () => {
    const declined = {
      ...intent(0, 'p-1'),
      status: 'requires_payment_method',
      last_payment_error: { code: 'no' },
    };
    lists((n) => (n === 0 ? list([declined], true) : list([intent(n, 'p-1')])));
    expect(await find()).toEqual(done('pi_1'));
    lists((n) => (n === 0 ? list([declined], true) : list([])));
    expect(await find()).toEqual(refused('no'));
  });

  test('is not given for a list that does not end', async () => {
    lists((n) => list([intent(n, 'p-2')], true));
    await expect(find()).rejects.toMatchObject({ failure: 'transient', message: 'not-proved' });
    expect(asked()).toHaveLength(8);
  });

  test('is given for such a list a day later, by the search alone', async () => {
    const later = (hours: number) => find(undefined, undefined, hours);
    lists((n) => list([intent(n, 'p-2')], true));
    await expect(later(23.9)).rejects.toMatchObject({ message: 'not-proved' });
    lists((n) => list([intent(n, 'p-2')], true));
    expect(await later(24)).toEqual(nothing);
  });

  test('ends with the patience of who asked: no page is begun after that', async () => {
    const given = new AbortController();
    lists((n) => {
      if (n === 2) given.abort();
      return list([intent(n, 'p-2')], true);
    });
    await expect(find(given.signal)).rejects.toMatchObject({ failure: 'transient', message: 'not-proved' });
    expect(asked()).toHaveLength(3);
    stub.answer(json(500, {}));
    await expect(find(AbortSignal.abort())).rejects.toMatchObject({ message: 'not-proved' });
    expect(stub.heard).toHaveLength(0);
  });

  test('also where the account has no search', async () => {
    const error = { error: { type: 'invalid_request_error', message: 'not here' } };
    stub.answer((response, heard) =>
      heard.path.includes('/search')
        ? json(400, error)(response, heard)
        : json(200, list([intent(1, 'p-1')]))(response, heard),
    );
    expect(await find()).toEqual(done('pi_1'));
  });

  test('what the search says is read afresh', async () => {
    const lagging = { ...intent(1, 'p-1'), status: 'processing' };
    stub.answer((response, heard) =>
      json(200, heard.path.includes('/search') ? list([lagging]) : intent(1, 'p-1'))(response, heard),
    );
    expect(await find()).toEqual(done('pi_1'));
    stub.answer((response, heard) =>
      json(200, heard.path.includes('/search') ? list([lagging]) : lagging)(response, heard),
    );
    expect(await find()).toEqual({ status: 'undecided' });
  });
});
