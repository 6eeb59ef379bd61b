import { askPaymentProvider } from '../../flows/checkout/actions/ask-payment-provider.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/ask-payment-provider');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(askPaymentProvider(settings));
