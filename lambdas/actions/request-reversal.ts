import { requestReversal } from '../../flows/payment/actions/request-reversal.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, paymentSettingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-reversal');

export const handler = handlerOf(requestReversal(paymentSettingsOf(environment)));
