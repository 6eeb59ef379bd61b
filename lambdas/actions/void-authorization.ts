import { voidAuthorization } from '../../flows/payment/actions/void-authorization.ts';
import { paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/void-authorization');
const settings = settingsOf('payment', paymentSettingsSchema, environment);

export const handler = handlerOf(voidAuthorization(settings));
