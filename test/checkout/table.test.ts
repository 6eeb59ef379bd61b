/** Every row of the checkout's table, where customers, the provider and the warehouse make it happen. */
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { rows } from '../../core/definition.ts';
import { expectProblem } from '../support/http.ts';
import { type Ordering, openOrdering } from './ordering.ts';

jest.setTimeout(60_000);

const PAID = ['authorized 3470', 'captured 3470'];
const REFUNDED = [...PAID, 'refunded 3470'];
const DAY = 86_400;

let ordering: Ordering;
const taken = new Set<string>();
const orders: string[] = [];

beforeEach(async () => {
  ordering = await openOrdering();
});
afterEach(async () => {
  for (const id of orders.splice(0))
    for (const { from, type } of (await ordering.record(id)).trail) taken.add(`${type} in ${from}`);
  const left = await Promise.all(['mug', 'cap', 'poster'].map((sku) => ordering.stock(sku)));
  await ordering.close();
  expect(left.map((piles) => piles.reduce<number>((sum, one) => sum + Number(one), 0))).toEqual([100, 25, 3]);
});

const payable = async () => note(await ordering.payable());
const placed = async () => note(await ordering.placed());
function note(id: string): string {
  orders.push(id);
  return id;
}
/** The provider is there again; what was tried meanwhile has been given up for now. */
async function lift(): Promise<void> {
  await ordering.http.runtime.idle();
  await ordering.faults({ gateway: 'none' });
}
const everyWebhookIsLost = { webhooks: 'missing' } as const;

test('it is paid and fulfilled', async () => {
  const id = await payable();
  expect(await ordering.stock('mug')).toEqual([98, 2, 0]);
  expect(await ordering.act(id, 'pay')).toBe(`${ordering.address}/checkouts/${id}`);
  await ordering.until(id, 'Fulfilled');
  expect(await ordering.moved(id)).toEqual(PAID);
  expect([await ordering.stock('mug'), await ordering.stock('poster')]).toEqual([
    [98, 0, 2],
    [2, 0, 1],
  ]);
});

test('there is not enough of one good: nothing is set apart, of the others neither', async () => {
  const items = [
    { sku: 'mug', quantity: 1 },
    { sku: 'poster', quantity: 4 },
  ];
  const reply = await ordering.place({ items });
  expectProblem(reply, 409, 'out-of-stock', {
    members: { items: [{ sku: 'poster', quantity: 4, onHand: 3 }] },
  });
  expect([await ordering.stock('mug'), await ordering.stock('poster')]).toEqual([
    [100, 0, 0],
    [3, 0, 0],
  ]);
  taken.add('OrderPlaced in New');
});

test('a declined card ends nothing; closed, it is paid later', async () => {
  const id = await payable();
  expect(await ordering.act(id, 'decline')).toMatch(/\?declined$/);
  expect(await ordering.act(id, 'close')).toBe(`${ordering.address}/checkouts/${id}`);
  expect(await ordering.view(id)).toMatchObject({ state: 'AwaitingPayment' });
  await ordering.act(id, 'pay');
  await ordering.until(id, 'Fulfilled');
});

test('nobody pays: it expires, and the goods can be sold again', async () => {
  const id = await payable();
  await ordering.pass(3_601);
  await ordering.until(id, 'PaymentFailed');
  expect(await ordering.stock('mug')).toEqual([100, 0, 0]);
});

test('a transfer comes, another one does not', async () => {
  const [comes, fails] = [await payable(), await payable()];
  await ordering.act(comes, 'pay-later');
  await ordering.act(fails, 'fail-later');
  await ordering.pass(61);
  await ordering.until(comes, 'Fulfilled');
  await ordering.until(fails, 'PaymentFailed');
  expect(await ordering.moved(fails)).toEqual([]);
});

test('it is cancelled: nobody can pay any more', async () => {
  const id = await payable();
  expect((await ordering.cancel(id)).body).toMatchObject({ state: 'Cancelled' });
  await ordering.http.runtime.idle();
  await ordering.act(id, 'pay').catch(() => {});
  expect(await ordering.trail(id)).toContain('Cancelled PaymentExpired Cancelled');
  expect(await ordering.moved(id)).toEqual([]);
  expect(await ordering.stock('mug')).toEqual([100, 0, 0]);
  expectProblem(await ordering.cancel(id), 409, 'wrong-state', { members: { state: 'Cancelled' } });
});

test('it is cancelled just after it was paid, and every webhook is lost: the money goes back', async () => {
  const id = await payable();
  await ordering.sandbox(everyWebhookIsLost);
  await ordering.act(id, 'pay');
  await ordering.cancel(id);
  await ordering.until(id, 'Refunded');
  expect(await ordering.moved(id)).toEqual(REFUNDED);
  expect(await ordering.trail(id)).toContain('Cancelled PaymentSucceeded Refunding');
});

test('it is paid after all, after it had failed: the money goes back', async () => {
  const id = await payable();
  await ordering.sandbox(everyWebhookIsLost);
  await ordering.tell('checkout.session.async_payment_failed', id);
  expect(await ordering.view(id)).toMatchObject({ state: 'PaymentFailed' });
  await ordering.act(id, 'pay');
  // Without the id of the money the provider is asked for it.
  await ordering.tell('checkout.session.completed', id, {
    ...{ id: String((await ordering.record(id)).data['session']), payment_intent: null },
  });
  await ordering.until(id, 'Refunded');
  expect(await ordering.moved(id)).toEqual(REFUNDED);
});

test('the notice of the payment was lost: the provider is asked', async () => {
  const id = await payable();
  await ordering.sandbox(everyWebhookIsLost);
  await ordering.act(id, 'pay');
  await ordering.pass(3_901);
  await ordering.until(id, 'Fulfilled');
  expect(await ordering.trail(id)).toContain('AwaitingPayment DeadlinePassed AwaitingPayment');
});

test('what overtakes our own reply waits for it', async () => {
  await ordering.faults({ gateway: 'transient' });
  const [paid, declined, expired] = [await placed(), await placed(), await placed()] as const;
  await ordering.tell('checkout.session.completed', paid);
  await ordering.tell('checkout.session.async_payment_failed', declined);
  await ordering.tell('checkout.session.expired', expired);
  for (const id of [paid, declined, expired])
    expect(await ordering.view(id)).toMatchObject({ state: 'CreatingPayment' });
  await lift();
  await ordering.pass(61);
  await ordering.until(paid as string, 'Fulfilled');
  await ordering.until(declined, 'PaymentFailed');
  await ordering.until(expired, 'PaymentFailed');
});

test('a cancellation that comes before there is a page waits, too', async () => {
  await ordering.faults({ gateway: 'transient' });
  const id = await placed();
  expect(await ordering.cancel(id)).toMatchObject({ status: 200, body: { state: 'CreatingPayment' } });
  await lift();
  await ordering.pass(61);
  await ordering.until(id, 'Cancelled');
});

test('there never is a page: the goods can be sold again', async () => {
  await ordering.faults({ gateway: 'permanent' });
  const id = await placed();
  await ordering.until(id, 'PaymentFailed');
  expect(await ordering.stock('mug')).toEqual([100, 0, 0]);
});

test('the warehouse does not ship: restocked, and the money goes back', async () => {
  await ordering.sandbox({ warehouse: 'rejecting' });
  const id = await payable();
  await ordering.act(id, 'pay');
  await ordering.until(id, 'Refunded');
  expect(await ordering.moved(id)).toEqual(REFUNDED);
  expect(await ordering.stock('mug')).toEqual([100, 0, 0]);
});

test('the queue refuses the command: restocked, and the money goes back; where it does not, a person is called', async () => {
  await ordering.faults({ warehouse: 'permanent' });
  const [id, stuck] = [await payable(), await payable()];
  await ordering.act(id, 'pay');
  await ordering.act(stuck, 'pay', 'pm_card_refundFail');
  await ordering.until(id, 'Refunded');
  await ordering.until(stuck, 'RefundFailed');
  expect(await ordering.trail(id)).toContain('Fulfilling CommandSendingFailed Refunding');
  await ordering.http.runtime.idle();
  expect(ordering.http.signals).toContainEqual({
    ...{ type: 'alarm', flow: 'checkout', flowId: stuck, reason: 'RefundRefused' },
  });
});

test('a refund takes its time, and is asked for again: the money goes back once', async () => {
  await ordering.sandbox({ warehouse: 'rejecting' });
  const id = await payable();
  await ordering.act(id, 'pay', 'pm_card_pendingRefund');
  await ordering.until(id, 'Refunding');
  await ordering.http.runtime.idle();
  await ordering.pass(61);
  await ordering.until(id, 'Refunded');
  expect(await ordering.moved(id)).toEqual(REFUNDED);
});

test('the warehouse is silent: it is asked three times, then a person; the person has looked', async () => {
  await ordering.sandbox({ warehouse: 'silent' });
  const [shipped, lost] = [await payable(), await payable()];
  for (const id of [shipped, lost]) await ordering.act(id, 'pay');
  for (const id of [shipped, lost]) await ordering.until(id, 'Fulfilling');
  for (let day = 0; day < 4; day++) await ordering.pass(DAY + 1);
  for (const id of [shipped, lost]) {
    await ordering.until(id, 'FulfilmentUnknown');
    await ordering.http.runtime.idle();
    const raised = { type: 'alarm', flow: 'checkout', flowId: id, reason: 'WarehouseSilent' };
    expect(ordering.http.signals.filter((one) => one.type === 'alarm')).toContainEqual(raised);
    expect(await ordering.moved(id)).toEqual(PAID);
  }
  expect(await ordering.stock('mug')).toEqual([96, 0, 4]);
  expect(await ordering.report('operator', shipped, 'OrderFulfilled')).toBe('done');
  expect(await ordering.report('operator', lost, 'FulfilmentRejected')).toBe('done');
  await ordering.until(shipped, 'Fulfilled');
  await ordering.until(lost, 'Refunded');
  expect(await ordering.stock('mug')).toEqual([98, 0, 2]);
});

test('the warehouse was silent, and is asked: then it tells', async () => {
  await ordering.sandbox({ warehouse: 'silent' });
  const id = await payable();
  await ordering.act(id, 'pay');
  await ordering.until(id, 'Fulfilling');
  await ordering.http.runtime.idle();
  await ordering.sandbox({ warehouse: 'prompt' });
  await ordering.pass(DAY + 1);
  await ordering.until(id, 'Fulfilled');
  expect(await ordering.trail(id)).toContain('Fulfilling DeadlinePassed Fulfilling');
});

test('it is shipped although the money goes back: the history says so, and a person is called', async () => {
  await ordering.sandbox({ warehouse: 'rejecting' });
  await ordering.faults({ warehouse: 'permanent' });
  const [going, failed, back] = [await payable(), await payable(), await payable()] as const;
  await ordering.act(failed, 'pay', 'pm_card_refundFail');
  await ordering.act(back, 'pay');
  await ordering.until(failed, 'RefundFailed');
  await ordering.until(back, 'Refunded');
  await ordering.act(going, 'pay', 'pm_card_pendingRefund');
  await ordering.until(going, 'Refunding');
  for (const id of [going, failed, back]) {
    const { state } = await ordering.view(id);
    expect(await ordering.report('warehouse', id, 'OrderFulfilled')).toBe('done');
    expect(await ordering.view(id)).toMatchObject({ state });
    expect((await ordering.record(id)).trail.at(-1)?.facts).toEqual(['FulfilledAfterRefund']);
    await ordering.http.runtime.idle();
    const raised = { type: 'alarm', flow: 'checkout', flowId: id, reason: 'FulfilledAfterRefund' };
    expect(ordering.http.signals).toContainEqual(raised);
  }
  await ordering.pass(61);
  await ordering.until(going, 'Refunded');
});

afterAll(() => {
  const all = rows(ordering.http.runtime.checkout.flow.definition).map(
    ({ state, event }) => `${event} in ${state}`,
  );
  expect([...taken].sort()).toEqual(all.sort());
});
