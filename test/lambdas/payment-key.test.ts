/** The secret of the card gateway begins empty: what waits says for what, and goes on by itself. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EntryItem, entryItemOf } from '../../core/bookkeeping.ts';
import { order } from '../support/payments.ts';
import { KEY, openPaying } from './paying.ts';

let paying: Awaited<ReturnType<typeof openPaying>>;
beforeAll(async () => {
  paying = await openPaying();
});
afterAll(() => paying.close());

test.each([
  ['without a value', undefined],
  ['with an empty one', ''],
])('%s', async (_what, empty) => {
  paying.secret.key = empty;
  const { body } = await paying.request('POST', '/payments', order);
  const id = String(body['paymentId']);
  await paying.request('POST', `/payments/${id}/authorize`);
  expect(await paying.stream('effects')).toEqual({ batchItemFailures: [] });
  const asked = (): EntryItem => entryItemOf(paying.entries(id)[1] ?? {});
  expect(asked().delivery[`${id}/2/1`]).toEqual({
    ...{ status: 'pending', attempt: 1, reason: 'gateway-key-missing' },
    nextAt: expect.any(String),
  });
  expect(paying.sandbox.ledger().filter(({ paymentId }) => paymentId === id)).toEqual([]);

  paying.secret.key = KEY;
  paying.age(id);
  await paying.reconcile();
  expect(asked().delivery[`${id}/2/1`]).toEqual({ status: 'delivered', attempt: 2 });
  expect((await paying.request('GET', `/payments/${id}`)).body).toMatchObject({ state: 'Authorized' });
});
