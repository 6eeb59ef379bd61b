/** However webhooks and reports come, late, twice, out of order, never: an order ends as it should, once. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { asidePartition, QUEUES } from '../../adapters/embedded/table-queue.ts';
import { warehouseModes } from '../../local/sandbox/warehouse/warehouse.ts';
import { webhookModes } from '../../local/sandbox/webhooks.ts';
import { COMMANDS } from '../../local/warehouse.ts';
import { type Ordering, openOrdering } from './ordering.ts';

jest.setTimeout(60_000);

let ordering: Ordering;
beforeEach(async () => {
  ordering = await openOrdering();
});
afterEach(() => ordering.close());

/** How often each kind of event was applied. */
async function counted(id: string): Promise<{ [type: string]: number }> {
  const counts: { [type: string]: number } = {};
  for (const { type } of (await ordering.record(id)).trail) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

describe('webhooks', () => {
  test.each(webhookModes)('%s', async (webhooks) => {
    await ordering.sandbox({ webhooks });
    const [paid, later] = [await ordering.payable(), await ordering.payable()] as const;
    await ordering.act(paid, 'pay');
    await ordering.act(later, 'pay-later');
    // Completed, and settled: told in reverse where they come reordered.
    await ordering.pass(61);
    if (webhooks === 'missing' || webhooks === 'late') await ordering.pass(3_901);
    for (const id of [paid, later]) {
      await ordering.until(id, 'Fulfilled');
      expect(await counted(id)).toMatchObject({ PaymentSucceeded: 1, OrderFulfilled: 1 });
      expect(await ordering.moved(id)).toEqual(['authorized 3470', 'captured 3470']);
    }
    expect(await ordering.stock('mug')).toEqual([96, 0, 4]);
  });
});

describe('the warehouse', () => {
  test.each(warehouseModes.filter((mode) => !['silent', 'rejecting'].includes(mode)))(
    '%s',
    async (warehouse) => {
      await ordering.sandbox({ warehouse });
      const id = await ordering.payable();
      await ordering.act(id, 'pay');
      if (warehouse === 'slow') await ordering.until(id, 'Fulfilling');
      await ordering.until(id, 'Fulfilled');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await counted(id)).toMatchObject({ OrderFulfilled: 1 });
      expect(ordering.shipped(id)).toHaveLength(1);
    },
  );

  test('gets a command twice, where nobody knows whether it went: it ships once', async () => {
    await ordering.faults({ warehouse: 'ambiguous' });
    const id = await ordering.payable();
    await ordering.act(id, 'pay');
    await ordering.until(id, 'Fulfilled');
    await ordering.faults({ warehouse: 'none' });
    await ordering.pass(16);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(ordering.http.signals).toContainEqual(
      expect.objectContaining({
        type: 'effect',
        kind: 'fulfilment.command',
        status: 'delivered',
        attempt: 2,
      }),
    );
    expect(ordering.shipped(id)).toHaveLength(1);
  });

  test('that was away until nobody waited any more does not get the command: the money may have gone back', async () => {
    await ordering.faults({ warehouse: 'transient' });
    const id = await ordering.payable();
    await ordering.act(id, 'pay');
    await ordering.until(id, 'Fulfilling');
    await ordering.http.runtime.idle();
    const { table, clock } = ordering.http.runtime;
    const { notAfter } = (await ordering.record(id)).data['command'] as { notAfter: string };
    // One that has been lying in the queue since.
    const body = { id: `${id}/3/1`, type: 'FulfilOrder', flow: 'checkout', flowId: id, items: [], notAfter };
    for (let day = 0; day < 4; day++) await ordering.pass(86_401);
    expect(Date.parse(notAfter)).toBeLessThan(clock.now());
    const item = { text: JSON.stringify(body), receives: 0, dueAt: new Date(clock.now()).toISOString() };
    await table.transact([{ op: 'put', key: { table: QUEUES, pk: COMMANDS, sk: 'old' }, item }]);
    await ordering.http.runtime.idle();
    expect(ordering.shipped(id)).toEqual([]);
    expect(await table.read({ table: QUEUES, pk: asidePartition(COMMANDS), sk: 'old' })).toBeDefined();
  });

  test('may not report a payment, nor anybody else', async () => {
    const id = await ordering.payable();
    expect(await ordering.report('warehouse', id, 'PaymentSucceeded')).toBe('refused');
    expect(await ordering.report('stranger', id, 'OrderFulfilled')).toBe('refused');
    expect(await ordering.view(id)).toMatchObject({ state: 'AwaitingPayment' });
  });
});
