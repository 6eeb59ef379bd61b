import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { reserved, secondsAfter } from '../data.ts';
import { nextPause } from '../pauses.ts';
import type { CheckoutSettings } from '../settings.ts';

/** Asks for a page to pay at. Asked again, it is the same request under the same key, so that there is one page. */
export const createPaymentSession = (settings: CheckoutSettings) =>
  defineAction({
    name: 'CreatePaymentSession',
    outcomes: ['SessionRequested'],
    data: reserved,
    payload: z.looseObject({}),
    run({ flowId, data, now, effectId }) {
      const { items, total, email, creation: earlier, waitSeconds = 0 } = data;
      const creation = earlier ?? {
        effectId: effectId(1),
        expiresAt: secondsAfter(now, settings.sessionSeconds),
        returnUrl: settings.returnUrl.replace('{checkoutId}', flowId),
      };
      const { effectId: _, ...times } = creation;
      const order = { items, email, currency: total.currency, ...times };
      const { waitSeconds: wait, alarms } = earlier
        ? nextPause(waitSeconds, settings.longestCreateSeconds, 'PaymentPageOverdue')
        : { waitSeconds: settings.createSeconds, alarms: [] };
      const effect = {
        kind: 'checkout.create-session',
        order,
        ...(earlier && { repeats: earlier.effectId }),
      };
      return {
        outcome: 'SessionRequested',
        data: { ...data, creation, waitSeconds: wait },
        effects: [effect, ...alarms],
      };
    },
  });
