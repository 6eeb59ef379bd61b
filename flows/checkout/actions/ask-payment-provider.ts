import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { payable } from '../data.ts';
import type { CheckoutSettings } from '../settings.ts';

/** Asks what became of the payment: the notice of it may have been lost. */
export const askPaymentProvider = (settings: CheckoutSettings) =>
  defineAction({
    name: 'AskPaymentProvider',
    outcomes: ['ProviderAsked'],
    data: payable,
    payload: z.looseObject({}),
    run: ({ data }) => ({
      outcome: 'ProviderAsked',
      data: { ...data, waitSeconds: Math.min(2 * data.waitSeconds, settings.longestPaymentSeconds) },
      effects: [{ kind: 'checkout.inquire', session: data.session }],
    }),
  });
