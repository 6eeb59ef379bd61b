import { defineAction } from '../../../core/action.ts';
import { paidPayload, withItems } from '../data.ts';
import { commit } from '../inventory.ts';

/** What was set apart is sold: it has been paid. */
export const commitInventory = defineAction({
  name: 'CommitInventory',
  outcomes: ['StockCommitted'],
  data: withItems,
  payload: paidPayload,
  run: ({ data, event: { payload: paid } }) => ({
    outcome: 'StockCommitted',
    fact: { items: data.items },
    data: { ...data, paid },
    writes: commit(data.items),
  }),
});
