import { askGateway } from '../../flows/payment/actions/ask-gateway.ts';
import { paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/ask-gateway');
const settings = settingsOf('payment', paymentSettingsSchema, environment);

export const handler = handlerOf(askGateway(settings));
