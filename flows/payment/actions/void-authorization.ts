import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { held } from '../data.ts';
import { ask } from '../requests.ts';
import type { PaymentSettings } from '../settings.ts';

/** Asks for the hold to be released. */
export const voidAuthorization = (settings: PaymentSettings) =>
  defineAction({
    name: 'VoidAuthorization',
    outcomes: ['VoidRequested'],
    data: held,
    payload: z.looseObject({}),
    run: (input) => ({
      outcome: 'VoidRequested',
      ...ask(input, { do: 'void', authorization: input.data.authorization }, settings),
    }),
  });
