import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { alarm } from '../../../core/alarm.ts';
import type { JsonObject } from '../../../core/types.ts';

/** Notes how the refund ended; where the money did not go back, a person must look. */
export const noteRefund = defineAction({
  name: 'NoteRefund',
  outcomes: ['RefundConfirmed', 'RefundRefused'],
  data: z.looseObject({}),
  payload: z.strictObject({ code: z.string().exactOptional() }),
  run({ data, event: { type, payload } }) {
    if (type === 'RefundSucceeded') return { outcome: 'RefundConfirmed' };
    const { code = 'unknown' } = payload;
    return {
      outcome: 'RefundRefused',
      fact: { code },
      data: { ...(data as JsonObject), failure: code },
      effects: [alarm('RefundRefused')],
    };
  },
});
