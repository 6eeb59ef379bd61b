import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { keptOrder } from '../data.ts';
import { ask } from '../requests.ts';
import type { PaymentSettings } from '../settings.ts';

/** Asks for a hold of the whole amount on the card. */
export const requestAuthorization = (settings: PaymentSettings) =>
  defineAction({
    name: 'RequestAuthorization',
    outcomes: ['AuthorizationRequested'],
    data: keptOrder,
    payload: z.looseObject({}),
    run: (input) => ({
      outcome: 'AuthorizationRequested',
      fact: { amount: input.data.amount },
      ...ask(input, { do: 'authorize', ...input.data }, settings),
    }),
  });
