import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { withItems } from '../data.ts';
import { restock } from '../inventory.ts';

/**
 * What was sold is not delivered: it can be sold to somebody else. That the command was refused says so only as long as nobody has
 * asked for the order: an inquiry is the command again, and may have been taken.
 */
export const restockInventory = defineAction({
  name: 'RestockInventory',
  outcomes: ['StockRestocked', 'CommandRepeated'],
  data: withItems.extend({ asked: z.int().optional() }),
  payload: z.looseObject({}),
  run({ data: { items, asked = 0 }, event }) {
    if (event.type === 'CommandSendingFailed' && asked > 0) return { outcome: 'CommandRepeated' };
    return { outcome: 'StockRestocked', fact: { items }, writes: restock(items) };
  },
});
