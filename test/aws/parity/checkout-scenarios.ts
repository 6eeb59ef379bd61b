/** Every row of the checkout's table, deferrals, lost notices, replays. */
import { type CheckoutScenario, PIECES, PRICE, STOCK } from './checkout.ts';

const created = ['OrderPlaced → CreatingPayment', 'PaymentSessionCreated → AwaitingPayment'];
const paid = [...created, 'PaymentSucceeded → Fulfilling'];
const refunded = ['RefundSucceeded → Refunded'];
const total = PIECES * PRICE;
const taken = [`authorized ${total}`, `captured ${total}`];
const back = [...taken, `refunded ${total}`];

interface Expected {
  way: string[];
  moved: string[];
}

const scenario = (
  name: string,
  { way, moved }: Expected,
  run: CheckoutScenario['run'],
): CheckoutScenario => ({ ...{ name, way, moved, run } });

/** Something that comes before there is a page: it waits until there is one. */
const overtaken = (what: string, [event, end]: [event: string, end: string], come: Come): CheckoutScenario =>
  scenario(
    `${what} before there is a page waits`,
    {
      way: [
        ...['OrderPlaced → CreatingPayment', `${event} → CreatingPayment`],
        ...['DeadlinePassed → CreatingPayment', 'PaymentSessionCreated → AwaitingPayment'],
        `${event} → ${end}`,
        ...(event === 'CancelRequested' ? ['PaymentExpired → Cancelled'] : []),
      ],
      moved: [],
    },
    async (counter) => {
      counter.fails(counter.idOf('order'), 'transient');
      const id = await counter.place();
      await come(counter, id);
      await counter.look(id);
      counter.works(id);
      await counter.late(id);
      await counter.reaches(id, end);
      await counter.look(id);
    },
  );
type Come = (counter: Parameters<CheckoutScenario['run']>[0], id: string) => Promise<void>;

const silence = ['Fulfilling', 'Fulfilling', 'Fulfilling', 'FulfilmentUnknown'].map(
  (state) => `DeadlinePassed → ${state}`,
);
const silent = (type: string, { way, moved }: Expected): CheckoutScenario =>
  scenario(
    `the warehouse is silent, and a person finds out: ${type}`,
    { way: [...paid, ...silence, ...way], moved },
    async (counter) => {
      const id = await counter.paid();
      for (let times = 2; times <= 4; times++) {
        await counter.late(id);
        await counter.commanded(id, times);
      }
      await counter.late(id);
      await counter.look(id);
      await counter.report(id, type, 'operator');
    },
  );

export const checkoutScenarios: CheckoutScenario[] = [
  scenario(
    'paid and fulfilled',
    { way: [...paid, 'OrderFulfilled → Fulfilled'], moved: taken },
    async (counter) => {
      const id = await counter.paid();
      await counter.report(id, 'OrderFulfilled');
      await counter.look(id);
      await counter.cancel(id);
    },
  ),
  scenario('more than there is', { way: ['OrderPlaced → OutOfStock'], moved: [] }, async (counter) => {
    await counter.place('order', STOCK + 1);
    await counter.place('order', STOCK + 1);
  }),
  scenario(
    'requests that come again',
    { way: [...created, 'CancelRequested → Cancelled', 'PaymentExpired → Cancelled'], moved: [] },
    async (counter) => {
      const id = await counter.place();
      await counter.place();
      await counter.place('order', PIECES + 1);
      await counter.cancel(id);
      await counter.cancel(id);
      await counter.cancel(id, 'once-more');
    },
  ),
  scenario(
    'nobody pays',
    { way: [...created, 'PaymentExpired → PaymentFailed'], moved: [] },
    async (counter) => counter.webhook(await counter.place(), 'expired'),
  ),
  scenario(
    'the provider never makes a page',
    { way: ['OrderPlaced → CreatingPayment', 'PaymentSessionFailed → PaymentFailed'], moved: [] },
    async (counter) => {
      counter.fails(counter.idOf('order'), 'permanent', 1);
      await counter.look(await counter.place());
    },
  ),
  scenario(
    'cancelled just after it was paid',
    {
      way: [...created, 'CancelRequested → Cancelled', 'PaymentSucceeded → Refunding', ...refunded],
      moved: back,
    },
    async (counter) => {
      const id = await counter.place();
      await counter.act(id);
      await counter.cancel(id);
      await counter.look(id);
    },
  ),
  scenario(
    'paid after it had failed',
    {
      way: [
        ...[...created, 'PaymentDeclined → PaymentFailed', 'PaymentSucceeded → Refunding', ...refunded],
        'OrderFulfilled → Refunded',
      ],
      moved: back,
    },
    async (counter) => {
      const id = await counter.place();
      await counter.webhook(id, 'async_payment_failed');
      await counter.act(id);
      await counter.told(id);
      await counter.report(id, 'OrderFulfilled');
    },
  ),
  scenario(
    'the notice was lost: the provider is asked',
    { way: [...created, 'DeadlinePassed → AwaitingPayment', 'PaymentSucceeded → Fulfilling'], moved: taken },
    async (counter) => {
      const id = await counter.place();
      await counter.act(id);
      await counter.late(id);
      await counter.commanded(id, 1);
      await counter.look(id);
    },
  ),
  overtaken('a payment', ['PaymentSucceeded', 'Fulfilling'], (counter, id) =>
    counter.webhook(id, 'completed'),
  ),
  overtaken('a refusal', ['PaymentDeclined', 'PaymentFailed'], (counter, id) =>
    counter.webhook(id, 'async_payment_failed'),
  ),
  overtaken('an end', ['PaymentExpired', 'PaymentFailed'], (counter, id) => counter.webhook(id, 'expired')),
  overtaken('a cancellation', ['CancelRequested', 'Cancelled'], (counter, id) => counter.cancel(id)),
  scenario(
    'the warehouse does not ship, and the refund is refused',
    {
      way: [
        ...[...paid, 'FulfilmentRejected → Refunding', 'RefundDeclined → RefundFailed'],
        'OrderFulfilled → RefundFailed',
      ],
      moved: taken,
    },
    async (counter) => {
      const id = await counter.paid('order', 'pm_card_refundFail');
      await counter.report(id, 'FulfilmentRejected');
      await counter.look(id);
      await counter.report(id, 'OrderFulfilled');
    },
  ),
  scenario(
    'the queue refuses the command',
    { way: [...paid, 'CommandSendingFailed → Refunding', ...refunded], moved: back },
    async (counter) => {
      const id = await counter.paid();
      await counter.tell(id, 'CommandSendingFailed', { code: 'InvalidMessageContents' });
      await counter.look(id);
    },
  ),
  scenario(
    'a refund takes its time, and the goods go out meanwhile',
    {
      way: [
        ...[...paid, 'FulfilmentRejected → Refunding', 'OrderFulfilled → Refunding'],
        ...['DeadlinePassed → Refunding', ...refunded],
      ],
      moved: back,
    },
    async (counter) => {
      const id = await counter.paid();
      counter.fails(id, 'transient');
      await counter.report(id, 'FulfilmentRejected');
      await counter.report(id, 'OrderFulfilled');
      counter.works(id);
      await counter.late(id);
      await counter.look(id);
    },
  ),
  silent('OrderFulfilled', { way: ['OrderFulfilled → Fulfilled'], moved: taken }),
  silent('FulfilmentRejected', { way: ['FulfilmentRejected → Refunding', ...refunded], moved: back }),
];
