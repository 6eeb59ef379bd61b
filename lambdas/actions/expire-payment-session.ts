import { expirePaymentSession } from '../../flows/checkout/actions/expire-payment-session.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(expirePaymentSession);
