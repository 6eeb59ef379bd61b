import { createPaymentSession } from '../../flows/checkout/actions/create-payment-session.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/create-payment-session');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(createPaymentSession(settings));
