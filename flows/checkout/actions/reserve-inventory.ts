import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { checkoutOrder, MAX_TOTAL } from '../data.ts';
import { INVENTORY, reserve, stockKey, stockOf } from '../inventory.ts';
import type { CheckoutSettings } from '../settings.ts';

/** Sets the goods of an order apart: all of them, or none. */
export const reserveInventory = ({ currency }: CheckoutSettings) =>
  defineAction({
    name: 'ReserveInventory',
    outcomes: ['StockReserved', 'StockInsufficient', 'SkuUnknown', 'TotalTooLarge', 'OrderInvalid'],
    reads: INVENTORY,
    data: z.strictObject({}),
    payload: z.looseObject({}),
    async run({ event }, { read }) {
      const order = checkoutOrder.safeParse(event.payload);
      if (!order.success) return { outcome: 'OrderInvalid' };
      const { email } = order.data;
      const found = await Promise.all(
        order.data.items.map(async (line) => {
          const { pk, sk } = stockKey(line.sku);
          return { ...line, stock: stockOf(await read.get(pk, sk)) };
        }),
      );
      const unknown = found.filter(({ stock }) => stock === undefined).map(({ sku }) => sku);
      if (unknown.length > 0) return { outcome: 'SkuUnknown', reply: { skus: unknown } };

      const items = found.map(({ sku, quantity, stock }) => ({ sku, quantity, price: stock?.price ?? 0 }));
      const value = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
      if (value > MAX_TOTAL) return { outcome: 'TotalTooLarge' };
      const total = { value, currency };
      const missing = found.flatMap(({ sku, quantity, stock: { onHand = 0 } = {} }) =>
        onHand < quantity ? [{ sku, quantity, onHand }] : [],
      );
      if (missing.length > 0) return { outcome: 'StockInsufficient', data: { items, total, missing } };
      return {
        outcome: 'StockReserved',
        fact: { items, total },
        data: { items, total, email },
        writes: reserve(items),
      };
    },
  });
