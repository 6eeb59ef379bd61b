/** The table of the checkout, as data: what every event does in every state, and how to get there. */
import type { JsonObject } from '../../core/types.ts';
import { type Checkouts, order } from '../support/checkouts.ts';

export const waiting = ['CreatingPayment', 'AwaitingPayment', 'Fulfilling', 'Refunding'];
export const final = [
  'Fulfilled',
  'FulfilmentUnknown',
  'OutOfStock',
  'PaymentFailed',
  'Cancelled',
  'Refunded',
  'RefundFailed',
];

const page = { session: 'cs_1', url: 'https://pay.example/cs_1' };
const about = { session: 'cs_1' };
const paid = { session: 'cs_1', payment: 'pi_1' };
const tooMany: JsonObject = { ...order, items: [{ sku: 'poster', quantity: 4 }] };

/** The events that lead from nowhere to a state; the passing of a deadline as often as it takes. */
const path: { [state: string]: [event: string, payload: JsonObject][] } = {
  New: [],
  CreatingPayment: [['OrderPlaced', order]],
  OutOfStock: [['OrderPlaced', tooMany]],
};
const after = (state: string, before: string, ...events: [event: string, payload?: JsonObject][]) => {
  const more = events.map(([event, payload = {}]): [string, JsonObject] => [event, payload]);
  path[state] = [...(path[before] ?? []), ...more];
};
after('AwaitingPayment', 'CreatingPayment', ['PaymentSessionCreated', page]);
after('PaymentFailed', 'AwaitingPayment', ['PaymentExpired', about]);
after('Cancelled', 'AwaitingPayment', ['CancelRequested']);
after('Fulfilling', 'AwaitingPayment', ['PaymentSucceeded', paid]);
after('Fulfilled', 'Fulfilling', ['OrderFulfilled']);
const silence: [string][] = [['DeadlinePassed'], ['DeadlinePassed'], ['DeadlinePassed']];
after('FulfilmentUnknown', 'Fulfilling', ...silence, ['DeadlinePassed']);
after('Refunding', 'Fulfilling', ['FulfilmentRejected']);
after('Refunded', 'Refunding', ['RefundSucceeded']);
after('RefundFailed', 'Refunding', ['RefundDeclined', { code: 'no' }]);
after('Fulfilling, asked 3 times', 'Fulfilling', ...silence);

/** Delivers an event; the passing of a deadline is nobody's to deliver, so time passes and it is asked for. */
export async function deliver(checkouts: Checkouts, flowId: string, event: string, payload: JsonObject = {}) {
  if (event !== 'DeadlinePassed') return checkouts.tell(flowId, event, payload);
  const deadline = Date.parse((await checkouts.record(flowId))?.deadline ?? '');
  checkouts.clock.advance(deadline - checkouts.clock.now());
  return checkouts.deliverer.check(checkouts.flow, flowId);
}

export async function reach(checkouts: Checkouts, flowId: string, state: string): Promise<void> {
  for (const [event, payload] of path[state] ?? []) await deliver(checkouts, flowId, event, payload);
}

export interface Row {
  state: string;
  event: string;
  payload?: JsonObject;
  /** What is special about it. */
  given?: string;
  /** Where to begin, where that is more than the state. */
  from?: string;
  to: string | 'deferred' | 'rejected' | 'unavailable';
  outcome: string;
  /** The kinds of the effects that it asks for, and seconds until the deadline after it. */
  effects?: string[];
  deadline?: number;
  /** What becomes of the two mugs of the order: on hand, reserved, sold. */
  mugs?: [number, number, number];
}

const created = { to: 'CreatingPayment', outcome: 'SessionRequested', effects: ['checkout.create-session'] };
const deferred = { state: 'CreatingPayment', to: 'deferred', outcome: 'Deferred', deadline: 60 };
const put = { to: 'PaymentFailed', outcome: 'StockReleased', mugs: [100, 0, 0] as [number, number, number] };
const refunding = {
  to: 'Refunding',
  outcome: 'RefundRequested',
  effects: ['checkout.refund'],
  deadline: 60,
  mugs: [100, 0, 0] as [number, number, number],
};
const both = { event: 'OrderFulfilled', outcome: 'FulfilledAfterRefund', effects: ['alarm'] };
const DAY = 86_400;

export const table: Row[] = [
  { state: 'New', event: 'OrderPlaced', payload: order, ...created, deadline: 60, mugs: [98, 2, 0] },
  {
    ...{ state: 'New', event: 'OrderPlaced', payload: tooMany, given: 'too many' },
    ...{ to: 'OutOfStock', outcome: 'StockInsufficient', mugs: [100, 0, 0] },
  },
  {
    ...{ state: 'New', event: 'OrderPlaced', given: 'a good that is not sold' },
    payload: { ...order, items: [...order.items, { sku: 'car', quantity: 1 }] },
    ...{ to: 'rejected', outcome: 'SkuUnknown' },
  },
  {
    ...{ state: 'New', event: 'OrderPlaced', given: 'more than can be paid at once' },
    payload: { ...order, items: [{ sku: 'gold', quantity: 2 }] },
    ...{ to: 'rejected', outcome: 'TotalTooLarge' },
  },
  { state: 'New', event: 'OrderPlaced', given: 'no order', to: 'rejected', outcome: 'OrderInvalid' },
  {
    ...{ state: 'CreatingPayment', event: 'PaymentSessionCreated', payload: page },
    ...{ to: 'AwaitingPayment', outcome: 'SessionKept', deadline: 3_900 },
  },
  { ...deferred, event: 'PaymentSucceeded', payload: paid },
  { ...deferred, event: 'PaymentDeclined', payload: about },
  { ...deferred, event: 'PaymentExpired', payload: about },
  { ...deferred, event: 'CancelRequested' },
  { state: 'CreatingPayment', event: 'PaymentSessionFailed', payload: { code: 'no' }, ...put },
  { state: 'CreatingPayment', event: 'DeadlinePassed', ...created, deadline: 120 },
  {
    ...{ state: 'AwaitingPayment', event: 'PaymentSucceeded', payload: paid },
    ...{ to: 'Fulfilling', outcome: 'FulfilmentCommanded', effects: ['fulfilment.command'], deadline: DAY },
    mugs: [98, 0, 2],
  },
  { state: 'AwaitingPayment', event: 'PaymentDeclined', payload: about, ...put },
  { state: 'AwaitingPayment', event: 'PaymentExpired', payload: about, ...put },
  {
    ...{ state: 'AwaitingPayment', event: 'CancelRequested', to: 'Cancelled', outcome: 'StockReleased' },
    ...{ effects: ['checkout.expire-session'], mugs: [100, 0, 0] },
  },
  {
    ...{ state: 'AwaitingPayment', event: 'DeadlinePassed', to: 'AwaitingPayment' },
    ...{ outcome: 'ProviderAsked', effects: ['checkout.inquire'], deadline: 7_800, mugs: [98, 2, 0] },
  },
  { state: 'Cancelled', event: 'PaymentExpired', payload: about, to: 'Cancelled', outcome: 'Cancelled' },
  { state: 'Cancelled', event: 'PaymentSucceeded', payload: paid, ...refunding },
  { state: 'PaymentFailed', event: 'PaymentSucceeded', payload: paid, ...refunding },
  {
    ...{ state: 'Fulfilling', event: 'OrderFulfilled', to: 'Fulfilled', outcome: 'Fulfilled' },
    mugs: [98, 0, 2],
  },
  { state: 'Fulfilling', event: 'FulfilmentRejected', payload: { reason: 'broken' }, ...refunding },
  { state: 'Fulfilling', event: 'CommandSendingFailed', payload: { code: 'no' }, ...refunding },
  {
    // An inquiry is the command again: it may have been taken.
    ...{ state: 'Fulfilling', event: 'CommandSendingFailed', given: 'asked for meanwhile' },
    ...{ from: 'Fulfilling, asked 3 times', to: 'rejected', outcome: 'CommandRepeated' },
  },
  {
    ...{ state: 'Fulfilling', event: 'DeadlinePassed', to: 'Fulfilling', outcome: 'WarehouseAsked' },
    ...{ effects: ['fulfilment.inquire'], deadline: DAY, mugs: [98, 0, 2] },
  },
  {
    ...{ state: 'Fulfilling', event: 'DeadlinePassed', given: 'asked 3 times' },
    ...{ from: 'Fulfilling, asked 3 times', to: 'FulfilmentUnknown', outcome: 'WarehouseSilent' },
    ...{ effects: ['alarm'], mugs: [98, 0, 2] },
  },
  {
    state: 'FulfilmentUnknown',
    event: 'OrderFulfilled',
    to: 'Fulfilled',
    outcome: 'Fulfilled',
    mugs: [98, 0, 2],
  },
  { state: 'FulfilmentUnknown', event: 'FulfilmentRejected', ...refunding },
  { state: 'Refunding', event: 'RefundSucceeded', to: 'Refunded', outcome: 'RefundConfirmed' },
  {
    ...{ state: 'Refunding', event: 'RefundDeclined', payload: { code: 'no' }, to: 'RefundFailed' },
    ...{ outcome: 'RefundRefused', effects: ['alarm'] },
  },
  { state: 'Refunding', event: 'DeadlinePassed', ...refunding, deadline: 120 },
  { ...both, state: 'Refunding', to: 'Refunding', deadline: 60 },
  { ...both, state: 'Refunded', to: 'Refunded' },
  { ...both, state: 'RefundFailed', to: 'RefundFailed' },
];
