/** The function of the intake: who may report what, and that no message holds up another. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sessionEvent } from '../support/webhooks.ts';
import { openOrdering } from './ordering.ts';
import { queues } from './support.ts';

let ordering: Awaited<ReturnType<typeof openOrdering>>;
let id: string;
beforeAll(async () => {
  ordering = await openOrdering();
});
afterAll(() => ordering.close());

/** An order that the warehouse has. */
async function fulfilling(): Promise<string> {
  const order = await ordering.payable();
  await ordering.webhook(sessionEvent('checkout.session.completed', order));
  return order;
}

beforeEach(async () => {
  id = await fulfilling();
});

const report = (flowId: string, type: string, eventId = `${type}-1`) => ({
  flow: 'checkout',
  flowId,
  event: { id: eventId, type, payload: {} },
});
const { replies: warehouse, operators } = queues;

describe('who', () => {
  test.each([
    ['the warehouse', warehouse],
    ['an operator', operators],
  ])('%s may report that an order was fulfilled', async (_who, queue) => {
    expect(await ordering.report({ queue, body: report(id, 'OrderFulfilled') })).toEqual([]);
    expect(await ordering.state(id)).toBe('Fulfilled');
  });

  test.each([
    ['a queue that nobody named', 'arn:aws:sqs:eu-west-1:111122223333:others', 'OrderFulfilled'],
    ['the warehouse, of a payment', warehouse, 'PaymentSucceeded'],
    ['the warehouse, of a refund', warehouse, 'RefundSucceeded'],
    ['an operator, of a deadline', operators, 'DeadlinePassed'],
  ])('%s may not, and the message ends with the dead letters', async (_who, queue, type) => {
    expect(await ordering.report({ queue, body: report(id, type) })).toEqual(['m-0']);
    expect(await ordering.state(id)).toBe('Fulfilling');
  });

  test('a message that claims another source is one that is malformed', async () => {
    const body = { ...report(id, 'OrderFulfilled'), source: 'warehouse' };
    expect(await ordering.report({ queue: warehouse, body })).toEqual(['m-0']);
    expect(await ordering.state(id)).toBe('Fulfilling');
  });
});

test('what never can be taken, and what is to come again, hold up no other', async () => {
  const other = await fulfilling();
  const messages = [
    { queue: warehouse, body: 'not JSON' },
    { queue: warehouse, body: report(id, 'OrderFulfilled') },
    { queue: warehouse, body: report('nobody', 'OrderFulfilled') },
    { queue: operators, body: report(other, 'FulfilmentRejected') },
    { queue: warehouse, body: { flow: 'payment', flowId: id, event: { id: 'e', type: 'Capture' } } },
  ];
  expect(await ordering.report(...messages)).toEqual(['m-0', 'm-2', 'm-4']);
  expect(await ordering.state(id)).toBe('Fulfilled');
  expect(await ordering.state(other)).toBe('Refunding');
});

test('a report that comes twice, or too late, is done with', async () => {
  const body = report(id, 'OrderFulfilled');
  expect(await ordering.report({ queue: warehouse, body }, { queue: warehouse, body })).toEqual([]);
  expect(await ordering.report({ queue: warehouse, body })).toEqual([]);
  expect(await ordering.report({ queue: operators, body: report(id, 'FulfilmentRejected') })).toEqual([]);
  expect(await ordering.state(id)).toBe('Fulfilled');
});

test('while a needed service is down it comes again, and is taken then', async () => {
  const message = { queue: warehouse, body: report(id, 'OrderFulfilled') };
  ordering.down.times = 1;
  expect(await ordering.report(message)).toEqual(['m-0']);
  expect(await ordering.report(message)).toEqual([]);
});

test('a refusal is told with its source and its reason, and quotes nothing', async () => {
  await ordering.report({ queue: warehouse, body: '{"flow":"checkout","card":"4242424242424242"}' });
  const told = ordering.output.lines().filter((line) => line['where'] === 'intake');
  expect(told.at(-1)).toMatchObject({ subject: 'warehouse', error: 'a message is { flow, flowId, event }' });
  expect(ordering.output.text()).not.toContain('4242');
});
