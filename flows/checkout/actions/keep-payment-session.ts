import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import type { CheckoutSettings } from '../settings.ts';

/** Keeps where the order can be paid. */
export const keepPaymentSession = (settings: CheckoutSettings) =>
  defineAction({
    name: 'KeepPaymentSession',
    outcomes: ['SessionKept'],
    data: z.looseObject({}),
    payload: z.strictObject({ session: z.string().min(1), url: z.url() }),
    run: ({ data, event: { payload } }) => ({
      outcome: 'SessionKept',
      data: {
        ...data,
        session: payload.session,
        paymentUrl: payload.url,
        waitSeconds: settings.paymentSeconds,
      },
    }),
  });
