import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { captured } from '../data.ts';
import { ask } from '../requests.ts';
import type { PaymentSettings } from '../settings.ts';

/** Asks for all that was captured to be given back. */
export const requestReversal = (settings: PaymentSettings) =>
  defineAction({
    name: 'RequestReversal',
    outcomes: ['ReversalRequested'],
    data: captured,
    payload: z.looseObject({}),
    run(input) {
      const { authorization, captured: amount } = input.data;
      return {
        outcome: 'ReversalRequested',
        fact: { amount },
        ...ask(input, { do: 'reverse', authorization, amount }, settings),
      };
    },
  });
