import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { payable } from '../data.ts';

/** Closes the page to pay at. The answer tells whether the customer was faster. */
export const expirePaymentSession = defineAction({
  name: 'ExpirePaymentSession',
  outcomes: ['SessionExpiryRequested'],
  data: payable,
  payload: z.looseObject({}),
  run: ({ data: { session } }) => ({
    outcome: 'SessionExpiryRequested',
    effects: [{ kind: 'checkout.expire-session', session }],
  }),
});
