import { keepPaymentSession } from '../../flows/checkout/actions/keep-payment-session.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/keep-payment-session');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(keepPaymentSession(settings));
