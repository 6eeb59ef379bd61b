/** The last pieces: whoever comes at the same time, as many are sold as there are, and everybody is told at once. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { setStock } from '../../flows/checkout/stock.ts';
import { type Ordering, openOrdering } from './ordering.ts';

jest.setTimeout(60_000);

let ordering: Ordering;
beforeEach(async () => {
  ordering = await openOrdering();
  await setStock(ordering.http.runtime.table, 'lamp', 10, 4_900);
});
afterEach(() => ordering.close());

const states = async (ids: string[]) =>
  Promise.all(ids.map(async (id) => (await ordering.view(id))['state']));

test('100 orders for 10 pieces: 10 succeed, the rest is out of stock, none hangs', async () => {
  const items = [{ sku: 'lamp', quantity: 1 }];
  const replies = await Promise.all(Array.from({ length: 100 }, () => ordering.place({ items })));
  const sold = replies.filter(({ status }) => status === 201);
  const refused = replies.filter(({ status }) => status === 409);
  expect([sold.length, refused.length]).toEqual([10, 90]);
  for (const { body } of refused)
    expect(body).toMatchObject({
      type: expect.stringMatching(/:out-of-stock$/),
      items: [{ sku: 'lamp', quantity: 1, onHand: 0 }],
    });
  expect(await ordering.stock('lamp')).toEqual([0, 10, 0]);
  const ids = sold.map(({ body }) => String(body['checkoutId']));
  await Promise.all(ids.map((id) => ordering.until(id, 'AwaitingPayment')));
  expect(new Set(await states(ids))).toEqual(new Set(['AwaitingPayment']));
});

test('orders of several goods get all of them or none, in whatever order they name them', async () => {
  const goods = ['lamp', 'mug', 'poster'];
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, n) => {
      const names = n % 2 === 0 ? goods : goods.toReversed();
      return ordering.place({ items: names.map((sku) => ({ sku, quantity: 1 })) });
    }),
  );
  // There are three posters.
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
  expect(replies.filter(({ status }) => status === 409)).toHaveLength(57);
  expect([await ordering.stock('lamp'), await ordering.stock('poster')]).toEqual([
    [7, 3, 0],
    [0, 3, 0],
  ]);
});

test('equal goods of one order are one', async () => {
  const lines = Array.from({ length: 11 }, () => ({ sku: 'lamp', quantity: 1 }));
  expect(await ordering.place({ items: lines })).toMatchObject({
    ...{ status: 409, body: { items: [{ sku: 'lamp', quantity: 11, onHand: 10 }] } },
  });
  expect(await ordering.place({ items: lines.slice(0, 10) })).toMatchObject({ status: 201 });
  expect(await ordering.stock('lamp')).toEqual([0, 10, 0]);
});
