/** Whatever is asked, in whatever order, with whatever faults: money is neither made nor lost, and no key moves any twice. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Intent, Refund } from '../../local/sandbox/answers.ts';
import { sandboxFaults } from '../../local/sandbox/gateway.ts';
import { DAY_MS, openShop, order, type Shop } from './shop.ts';

const RUNS = 400;

const cards = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa_chargeDeclined',
  'pm_card_captureFail',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
  'pm_card_pendingRefund',
];

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant('none' as const) },
  fc.constantFrom(...sandboxFaults),
);
/** Few, so that some come again, for the same request and for others. */
const key = fc.integer({ min: 1, max: 30 }).map((n) => `key-${n}`);
/** Which of the first intents: all that happens, happens to few. */
const which = fc.nat({ max: 1 });
const amount = fc.constantFrom(undefined, 400, 500, 1_290, 1_291);

const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const step = fc.oneof(
  often(2, fc.record({ what: fc.constant('hold' as const), key, fault, card: fc.constantFrom(...cards) })),
  often(3, fc.record({ what: fc.constant('capture' as const), key, fault, which, amount })),
  often(1, fc.record({ what: fc.constant('cancel' as const), key, fault, which })),
  often(6, fc.record({ what: fc.constant('refund' as const), key, fault, which, amount })),
  often(2, fc.record({ what: fc.constant('again' as const), fault, which: fc.nat({ max: 20 }) })),
  often(
    1,
    fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(1, 60_000, DAY_MS, 7 * DAY_MS) }),
  ),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Sent = { path: string; body: { [name: string]: string | number | undefined }; key: string };

function requestOf(one: Exclude<Step, { what: 'time' | 'again' }>, ids: string[]): Sent | undefined {
  if (one.what === 'hold')
    return { path: '/v1/payment_intents', body: { ...order, payment_method: one.card }, key: one.key };
  const id = ids[one.which];
  if (id === undefined) return undefined;
  if (one.what === 'refund')
    return { path: '/v1/refunds', body: { payment_intent: id, amount: one.amount }, key: one.key };
  const body = one.what === 'capture' ? { amount_to_capture: one.amount } : {};
  return { path: `/v1/payment_intents/${id}/${one.what}`, body, key: one.key };
}

const intentsOf = (shop: Shop) =>
  (shop.get('/v1/payment_intents?limit=100').body.data ?? []) as unknown as Intent[];

function live(shop: Shop, steps: Step[]): void {
  const sent: Sent[] = [];
  for (const one of steps) {
    if (one.what === 'time') {
      shop.time.now += one.ms;
      continue;
    }
    const ids = intentsOf(shop)
      .map(({ id }) => id)
      .toReversed();
    const request = one.what === 'again' ? sent[one.which] : requestOf(one, ids);
    if (!request) continue;
    sent.push(request);
    shop.ask('POST', request.path, request.body, { 'idempotency-key': request.key }, one.fault);
  }
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe('after any requests', () => {
  const check = (name: string, holds: (shop: Shop) => void) =>
    test(name, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
          const shop = openShop();
          live(shop, steps);
          holds(shop);
        }),
        { numRuns: RUNS },
      );
    });

  const moved = (shop: Shop, id: string) => {
    const own = shop.sandbox.ledger().filter(({ paymentIntent }) => paymentIntent === id);
    return (kind: string) => sum(own.filter((line) => line.kind === kind).map(({ value }) => value));
  };

  check('no more is captured than held, nor refunded than captured', (shop) => {
    for (const { id } of intentsOf(shop)) {
      const of = moved(shop, id);
      expect(of('captured') + of('voided') + of('expired')).toBeLessThanOrEqual(of('authorized'));
      expect(of('refunded')).toBeLessThanOrEqual(of('captured'));
    }
  });

  check('a hold ends once: captured, released or expired', (shop) => {
    for (const { id } of intentsOf(shop)) {
      const kinds = shop.sandbox.ledger().flatMap((line) => (line.paymentIntent === id ? [line.kind] : []));
      const ends = kinds.filter((kind) => ['captured', 'voided', 'expired'].includes(kind));
      expect(ends.length).toBeLessThanOrEqual(1);
    }
  });

  check('a key has moved money once, within its day', (shop) => {
    const times = new Map<string, number>();
    // In the order of time: that an open refund has moved is found out, and written down, when somebody looks at it.
    const lines = shop.sandbox
      .ledger()
      .filter((line) => line.key !== '')
      .toSorted((line, other) => Date.parse(line.at) - Date.parse(other.at));
    for (const { key: one, at } of lines) {
      const before = times.get(one);
      // An open refund moves when it becomes final, up to a minute after its request.
      if (before !== undefined) expect(Date.parse(at) - before).toBeGreaterThanOrEqual(DAY_MS - 60_000);
      times.set(one, Date.parse(at));
    }
  });

  check('the ledger says what the intents and the refunds say', (shop) => {
    const refunds = (shop.get('/v1/refunds?limit=100').body.data ?? []) as unknown as Refund[];
    for (const intent of intentsOf(shop)) {
      const of = moved(shop, intent.id);
      const own = refunds.filter((one) => one.payment_intent === intent.id && one.status === 'succeeded');
      expect(of('authorized')).toBe(intent.last_payment_error ? 0 : intent.amount);
      expect(of('captured')).toBe(intent.amount_received);
      expect(of('refunded')).toBe(sum(own.map((refund) => refund.amount)));
      const released = of('voided') + of('expired');
      const over = intent.status === 'canceled' && !intent.last_payment_error;
      expect(released).toBe(over ? intent.amount : 0);
      expect(intent.amount_capturable).toBe(intent.status === 'requires_capture' ? intent.amount : 0);
    }
  });
});

test('the runs get that far: every kind of movement is among them', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const shop = openShop();
      live(shop, steps);
      for (const { kind } of shop.sandbox.ledger()) kinds.add(kind);
    }),
    { numRuns: RUNS },
  );
  expect([...kinds].toSorted()).toEqual(['authorized', 'captured', 'expired', 'refunded', 'voided']);
});
