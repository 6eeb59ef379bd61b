import { requestCapture } from '../../flows/payment/actions/request-capture.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, paymentSettingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-capture');

export const handler = handlerOf(requestCapture(paymentSettingsOf(environment)));
