import { refundPayment } from '../../flows/checkout/actions/refund-payment.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/refund-payment');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(refundPayment(settings));
