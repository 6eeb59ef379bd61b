import { defineAction } from '../../../core/action.ts';
import { captureAmount, captureWish } from '../capture.ts';
import { held } from '../data.ts';
import { ask } from '../requests.ts';
import type { PaymentSettings } from '../settings.ts';

/** Asks for the money that is held: all of it, or the part that is wanted. What is left of the hold is released. */
export const requestCapture = (settings: PaymentSettings) =>
  defineAction({
    name: 'RequestCapture',
    outcomes: ['CaptureRequested', 'AmountTooLarge'],
    data: held,
    payload: captureWish,
    run(input) {
      const amount = captureAmount(input.data.amount, input.event.payload);
      if (!amount) return { outcome: 'AmountTooLarge' };
      const { authorization } = input.data;
      return {
        outcome: 'CaptureRequested',
        fact: { amount },
        ...ask(input, { do: 'capture', authorization, amount }, settings),
      };
    },
  });
