import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { alarm } from '../../../core/alarm.ts';

/** The goods went out although the money goes back: nothing can be undone, and a person must know. */
export const noteFulfilment = defineAction({
  name: 'NoteFulfilment',
  outcomes: ['FulfilledAfterRefund'],
  data: z.looseObject({}),
  payload: z.looseObject({}),
  run: () => ({ outcome: 'FulfilledAfterRefund', effects: [alarm('FulfilledAfterRefund')] }),
});
