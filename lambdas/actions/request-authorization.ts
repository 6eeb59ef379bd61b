import { requestAuthorization } from '../../flows/payment/actions/request-authorization.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, paymentSettingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-authorization');

export const handler = handlerOf(requestAuthorization(paymentSettingsOf(environment)));
