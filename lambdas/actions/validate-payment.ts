import { validatePayment } from '../../flows/payment/actions/validate-payment.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(validatePayment);
