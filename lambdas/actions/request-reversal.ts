import { requestReversal } from '../../flows/payment/actions/request-reversal.ts';
import { paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-reversal');
const settings = settingsOf('payment', paymentSettingsSchema, environment);

export const handler = handlerOf(requestReversal(settings));
