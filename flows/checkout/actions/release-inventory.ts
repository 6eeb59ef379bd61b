import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { withItems } from '../data.ts';
import { release } from '../inventory.ts';

/** Puts back what was set apart. */
export const releaseInventory = defineAction({
  name: 'ReleaseInventory',
  outcomes: ['StockReleased'],
  data: withItems,
  payload: z.looseObject({}),
  run: ({ data: { items } }) => ({ outcome: 'StockReleased', fact: { items }, writes: release(items) }),
});
