/** The definition of the checkout with its real actions: every row of its table, every way through it, and nothing else. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { checkoutActions } from '../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { setStock } from '../../flows/checkout/stock.ts';
import asl from '../../state-definitions/checkout.asl.json' with { type: 'json' };
import { type Checkouts, createCheckouts, order } from '../support/checkouts.ts';
import { givenUp } from '../support/given-up.ts';
import { deliver, final, type Row, reach, table, waiting } from './checkout.table.ts';
import { Coverage } from './coverage.ts';

const coverage = new Coverage(asl);
const outcomes = new Set<string | undefined>();
let stopWatching: () => void;
let checkouts: Checkouts;

beforeAll(() => {
  stopWatching = coverage.watch();
});
afterAll(() => stopWatching());
beforeEach(async () => {
  checkouts = createCheckouts();
  await checkouts.fill();
  await setStock(checkouts.table, 'gold', 10, 60_000_000);
});
afterEach(() => {
  for (const { outcome } of checkouts.calls) outcomes.add(outcome);
  checkouts.close();
});

const written = async () => ({
  record: await checkouts.record('c'),
  entries: await checkouts.items('c'),
  stock: await Promise.all(['mug', 'poster', 'gold'].map((sku) => checkouts.stock(sku))),
});

describe('a row of the table', () => {
  test.each(table)('$state, $event, $given → $to ($outcome)', async (row) => {
    await reach(checkouts, 'c', row.from ?? row.state);
    const before = await written();
    expect(before.record?.state ?? 'New').toBe(row.state);

    const answer = await deliver(checkouts, 'c', row.event, row.payload);

    expect(answer).toMatchObject(expected(row));
    if (row.to === 'rejected') return expect(await written()).toEqual(before);
    const { record } = await written();
    const version = (before.record?.version ?? 0) + 1;
    expect(record).toMatchObject({ state: row.to === 'deferred' ? row.state : row.to, version });
    const entry = (await checkouts.items('c')).find((one) => one['version'] === version);
    const effects = (entry?.['effects'] ?? []) as { kind: string }[];
    expect(effects.map(({ kind }) => kind)).toEqual(row.effects ?? []);
    const left = record?.deadline && (Date.parse(record.deadline) - checkouts.clock.now()) / 1000;
    expect(left).toBe(row.deadline);
    if (row.mugs) expect(await checkouts.stock('mug')).toEqual(row.mugs);
    expect((await checkouts.stock('mug')).reduce((sum, pieces) => sum + pieces)).toBe(100);
  });

  const expected = ({ to, outcome, state }: Row) => {
    if (to === 'rejected') return { status: to, reason: outcome };
    if (to === 'deferred') return { status: to, state, outcome };
    return { status: 'applied', state: to, outcome };
  };
});

test('an event without a row is refused in every state, and nothing is written', async () => {
  const types = [...new Set(table.map(({ event }) => event)), 'Unknown', '', '__proto__', 'New', 'Fulfilled'];
  for (const state of [...waiting, ...final]) {
    await setStock(checkouts.table, 'poster', 3);
    await reach(checkouts, state, state);
    const before = await checkouts.record(state);
    for (const type of types.filter(
      (one) => !table.some((row) => row.state === state && row.event === one),
    )) {
      const answer = await checkouts.tell(state, type);
      expect({ type, ...answer }).toMatchObject({ type, status: 'rejected', reason: 'NotAllowed', state });
    }
    expect(await checkouts.record(state)).toEqual(before);
  }
});

describe('what is asked again, after pauses that double', () => {
  const overdue = { CreatingPayment: 'PaymentPageOverdue', AwaitingPayment: '', Refunding: 'RefundOverdue' };
  test.each([
    ['CreatingPayment', [60, 120, 240, 480, 960, 1_920, 3_600, 3_600]],
    ['AwaitingPayment', [3_900, 7_800, 15_600, 21_600, 21_600]],
    ['Refunding', [60, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360, 21_600, 21_600]],
  ] as const)('%s', async (state, pauses) => {
    await reach(checkouts, 'c', state);
    const found: number[] = [];
    for (const _ of pauses) {
      const deadline = Date.parse((await checkouts.record('c'))?.deadline ?? '');
      found.push((deadline - checkouts.clock.now()) / 1000);
      await deliver(checkouts, 'c', 'DeadlinePassed');
    }
    expect(found).toEqual(pauses);
    // When the longest is reached a person is called, once.
    const effects = (await checkouts.items('c')).map(
      (item) => item['effects'] as { kind: string; reason?: string }[],
    );
    const alarms = effects.map((all) => all.find(({ kind }) => kind === 'alarm')?.reason);
    expect(alarms.filter(Boolean)).toEqual(overdue[state] ? [overdue[state]] : []);
  });
});

describe('how long an end is kept', () => {
  test.each(final)('%s', async (state) => {
    await reach(checkouts, 'c', state);
    const { expiresAt } = (await checkouts.record('c')) ?? {};
    const kept = expiresAt && (Date.parse(expiresAt) - checkouts.clock.now()) / 86_400_000;
    expect(kept).toBe(['FulfilmentUnknown', 'RefundFailed'].includes(state) ? undefined : 30);
  });
});

test('a second request for a page, or for the money, is the first one again', async () => {
  for (const state of ['CreatingPayment', 'Refunding']) {
    await reach(checkouts, state, state);
    const asked = async () =>
      (await checkouts.items(state)).at(-1)?.['effects'] as { id: string; repeats?: string }[];
    const [first] = await asked();
    for (let n = 0; n < 2; n++) {
      await deliver(checkouts, state, 'DeadlinePassed');
      const [again] = await asked();
      const { id: _, repeats, ...what } = again ?? {};
      const { id, repeats: none, ...before } = first ?? {};
      expect([repeats, what, none]).toEqual([id, before, undefined]);
    }
  }
});

test('a request for a page is the same whatever figures have become of it', async () => {
  await reach(checkouts, 'c', 'CreatingPayment');
  const settings = { returnUrl: 'https://other.example/', sessionSeconds: 7_200 };
  const { table: stored, clock } = checkouts;
  const later = createCheckouts({ table: stored, clock, settings });
  await deliver(later, 'c', 'DeadlinePassed');
  const orders = (await later.items('c')).map((item) => (item['effects'] as JsonObject[])[0]?.['order']);
  expect(orders).toHaveLength(2);
  expect(orders[1]).toEqual(orders[0]);
});

describe('an action that fails', () => {
  const actions: [action: string, state: string, event: string][] = [
    ['ReserveInventory', 'New', 'OrderPlaced'],
    ['CreatePaymentSession', 'New', 'OrderPlaced'],
    ['KeepPaymentSession', 'CreatingPayment', 'PaymentSessionCreated'],
    ['ReleaseInventory', 'CreatingPayment', 'PaymentSessionFailed'],
    ['CommitInventory', 'AwaitingPayment', 'PaymentSucceeded'],
    ['SendFulfilmentCommand', 'AwaitingPayment', 'PaymentSucceeded'],
    ['ExpirePaymentSession', 'AwaitingPayment', 'CancelRequested'],
    ['ReleaseInventory', 'AwaitingPayment', 'CancelRequested'],
    ['AskPaymentProvider', 'AwaitingPayment', 'DeadlinePassed'],
    ['RestockInventory', 'Fulfilling', 'FulfilmentRejected'],
    ['RefundPayment', 'Fulfilling', 'FulfilmentRejected'],
    ['AskWarehouse', 'Fulfilling', 'DeadlinePassed'],
    ['NoteRefund', 'Refunding', 'RefundSucceeded'],
    ['NoteFulfilment', 'Refunded', 'OrderFulfilled'],
  ];
  const payloadOf = (event: string) => table.find((row) => row.event === event)?.payload;

  test.each(actions)('%s in %s, %s: nothing is written', async (action, state, event) => {
    await reach(checkouts, 'c', state);
    checkouts.fail(action);
    const before = await written();
    const answer = await deliver(checkouts, 'c', event, payloadOf(event));
    expect(answer).toEqual({ status: 'unavailable', reason: 'ActionFailed' });
    expect(await written()).toEqual(before);
  });

  test.each(actions)('%s in %s, %s may hang: it is given up after its time', async (action, state, event) => {
    await reach(checkouts, 'c', state);
    checkouts.fail(action, 'hangs');
    const before = await written();
    expect(await givenUp(() => deliver(checkouts, 'c', event, payloadOf(event)))).toEqual({
      status: 'unavailable',
      reason: 'ActionFailed',
    });
    expect(await written()).toEqual(before);
  });

  test.each([
    ['AskWarehouse', 'Fulfilling', 'DeadlinePassed'],
    ['NoteRefund', 'Refunding', 'RefundSucceeded'],
  ])('%s says what nobody knows: nothing is written', async (action, state, event) => {
    await reach(checkouts, 'c', state);
    checkouts.fail(action, 'says what nobody knows');
    const before = await written();
    expect(await deliver(checkouts, 'c', event)).toMatchObject({ status: 'unavailable' });
    expect(await written()).toEqual(before);
  });
});

test('all of it has been entered, and every outcome seen', async () => {
  // Route lets no other state come so far.
  expect(coverage.missing()).toEqual(['StillRefunding default → Unavailable']);
  const declared = checkoutActions(defaultCheckoutSettings).flatMap((action) => action.outcomes);
  expect([...outcomes].sort()).toEqual([...new Set(declared)].sort());
});

test('an order is of the form that the routes ask for, whoever places it', async () => {
  for (const items of [[], [{ sku: 'mug', quantity: 0 }], [{ sku: 'mug', quantity: -1 }], 'mug'])
    expect(await checkouts.tell('c', 'OrderPlaced', { ...order, items })).toMatchObject({
      ...{ status: 'rejected', reason: 'OrderInvalid', state: 'New' },
    });
  expect(await checkouts.record('c')).toBeUndefined();
});
