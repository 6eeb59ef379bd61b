import { sendFulfilmentCommand } from '../../flows/checkout/actions/send-fulfilment-command.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/send-fulfilment-command');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(sendFulfilmentCommand(settings));
