import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { paymentOrder } from '../data.ts';

/** May this be paid at all? Whoever asks over HTTP has been told what is wrong before. */
export const validatePayment = defineAction({
  name: 'ValidatePayment',
  outcomes: ['PaymentAccepted', 'PaymentInvalid'],
  data: z.strictObject({}),
  payload: z.looseObject({}),
  run({ event }) {
    const order = paymentOrder.safeParse(event.payload);
    if (!order.success) return { outcome: 'PaymentInvalid' };
    const { merchant, amount } = order.data;
    return { outcome: 'PaymentAccepted', fact: { merchant, amount }, data: order.data };
  },
});
