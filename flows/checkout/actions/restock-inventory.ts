import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { withItems } from '../data.ts';
import { restock } from '../inventory.ts';

/** What was sold is not delivered: it can be sold to somebody else. */
export const restockInventory = defineAction({
  name: 'RestockInventory',
  outcomes: ['StockRestocked'],
  data: withItems,
  payload: z.looseObject({}),
  run: ({ data: { items } }) => ({ outcome: 'StockRestocked', fact: { items }, writes: restock(items) }),
});
