import { requestAuthorization } from '../../flows/payment/actions/request-authorization.ts';
import { paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-authorization');
const settings = settingsOf('payment', paymentSettingsSchema, environment);

export const handler = handlerOf(requestAuthorization(settings));
