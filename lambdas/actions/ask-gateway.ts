import { askGateway } from '../../flows/payment/actions/ask-gateway.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, paymentSettingsOf } from '../environment.ts';

const environment = environmentOf('actions/ask-gateway');

export const handler = handlerOf(askGateway(paymentSettingsOf(environment)));
