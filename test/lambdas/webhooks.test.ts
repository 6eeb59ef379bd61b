/** The function of the webhooks: the only one that knows the secret they are signed with. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sessionEvent } from '../support/webhooks.ts';
import { openOrdering, SECRET } from './ordering.ts';
import { environment } from './support.ts';

let ordering: Awaited<ReturnType<typeof openOrdering>>;
beforeAll(async () => {
  ordering = await openOrdering();
});
afterAll(() => ordering.close());

const completed = (id: string) => sessionEvent('checkout.session.completed', id);

test('as long as nobody has put the secret there it comes again: nothing is believed, and nothing is lost', async () => {
  const id = await ordering.payable();
  ordering.secret.value = undefined;
  const event = completed(id);
  expect(await ordering.webhook(event)).toMatchObject({
    status: 503,
    body: { type: 'urn:detent:problem:try-again' },
  });
  // Nor is what is signed with nothing.
  expect(await ordering.webhook(event, ' ')).toMatchObject({ status: 503 });
  ordering.secret.value = SECRET;
  expect(await ordering.webhook(event)).toMatchObject({ status: 200 });
  expect(await ordering.state(id)).toBe('Fulfilling');
});

test('a payment is committed, and then commanded to the warehouse, over its queue', async () => {
  const id = await ordering.payable();
  expect(await ordering.state(id)).toBe('AwaitingPayment');
  expect(await ordering.webhook(completed(id))).toMatchObject({ status: 200, body: { received: true } });
  await ordering.stream();
  const { queue, command } = ordering.commands.find(({ command: one }) => one['flowId'] === id) ?? {};
  expect(queue).toBe(environment.WAREHOUSE_QUEUE);
  expect(command).toMatchObject({
    type: 'FulfilOrder',
    flow: 'checkout',
    items: [{ sku: 'mug', quantity: 1 }],
  });
  expect((await ordering.request('GET', '/inventory/mug')).body).toMatchObject({ sku: 'mug', sold: 2 });
});

test.each([false, true])(
  'a body with letters beyond ASCII is verified as it was signed; in Base64: %j',
  async (base64) => {
    const id = await ordering.payable();
    const event = sessionEvent('checkout.session.completed', id, { customer_details: { name: 'Zoë 東京' } });
    expect(await ordering.webhook(event, SECRET, base64)).toMatchObject({ status: 200 });
    expect(await ordering.state(id)).toBe('Fulfilling');
  },
);

test('a signature by another secret changes nothing', async () => {
  const id = await ordering.payable();
  expect(await ordering.webhook(completed(id), 'whsec_of_somebody_else')).toMatchObject({
    status: 400,
    body: { type: 'urn:detent:problem:bad-signature' },
  });
  expect(await ordering.state(id)).toBe('AwaitingPayment');
});

test('an order that does not exist ends it, too; another method does not', async () => {
  expect(await ordering.webhook(completed('nobody'))).toMatchObject({ status: 200 });
  expect(await ordering.webhookBy('GET')).toMatchObject({ status: 405 });
});

test('what is logged of it is of its order, and holds neither the secret nor the customer', async () => {
  const id = await ordering.payable();
  await ordering.webhook(completed(id));
  const delivered = ordering.output.lines().filter((line) => line['eventType'] === 'PaymentSucceeded');
  expect(delivered.map((line) => line['correlation_id'])).toContain(id);
  expect(ordering.output.text()).not.toContain(SECRET);
  expect(ordering.output.text()).not.toContain('a@example.com');
});
