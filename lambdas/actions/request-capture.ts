import { requestCapture } from '../../flows/payment/actions/request-capture.ts';
import { paymentSettingsSchema } from '../../flows/payment/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/request-capture');
const settings = settingsOf('payment', paymentSettingsSchema, environment);

export const handler = handlerOf(requestCapture(settings));
