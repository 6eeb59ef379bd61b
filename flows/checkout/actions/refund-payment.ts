import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { paidPayload, refundable } from '../data.ts';
import { nextPause } from '../pauses.ts';
import type { CheckoutSettings } from '../settings.ts';

/** Sends the money back. Asked again, it is the same request under the same key, so that it goes back once. */
export const refundPayment = (settings: CheckoutSettings) =>
  defineAction({
    name: 'RefundPayment',
    outcomes: ['RefundRequested'],
    data: refundable,
    payload: z.looseObject({}),
    run({ data, event, now, effectId }) {
      const { total, refund: earlier, waitSeconds = 0 } = data;
      // Known from before, or told by the event that it was paid after all.
      const paid = data.paid ?? paidPayload.parse(event.payload);
      const refund = earlier ?? { effectId: effectId(1), at: now };
      const { waitSeconds: wait, alarms } = earlier
        ? nextPause(waitSeconds, settings.longestRefundSeconds, 'RefundOverdue')
        : { waitSeconds: settings.refundSeconds, alarms: [] };
      const effect = {
        ...{ kind: 'checkout.refund', paid, amount: total, since: refund.at },
        ...(earlier && { repeats: earlier.effectId }),
      };
      return {
        outcome: 'RefundRequested',
        fact: { total },
        data: { ...data, paid, refund, waitSeconds: wait },
        effects: [effect, ...alarms],
      };
    },
  });
