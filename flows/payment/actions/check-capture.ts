import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { captureAmount, captureWish } from '../capture.ts';
import { keptOrder } from '../data.ts';

/** Could this be captured, if the card is good for it? A wish that can never be met must not wait. */
export const checkCapture = defineAction({
  name: 'CheckCapture',
  outcomes: ['AmountFits', 'AmountTooLarge'],
  data: z.looseObject({ amount: keptOrder.shape.amount }),
  payload: captureWish,
  run: ({ data, event }) => ({
    outcome: captureAmount(data.amount, event.payload) ? 'AmountFits' : 'AmountTooLarge',
  }),
});
