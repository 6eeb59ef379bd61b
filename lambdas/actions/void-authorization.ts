import { voidAuthorization } from '../../flows/payment/actions/void-authorization.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, paymentSettingsOf } from '../environment.ts';

const environment = environmentOf('actions/void-authorization');

export const handler = handlerOf(voidAuthorization(paymentSettingsOf(environment)));
