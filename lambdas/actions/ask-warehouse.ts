import { askWarehouse } from '../../flows/checkout/actions/ask-warehouse.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';

const environment = environmentOf('actions/ask-warehouse');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);

export const handler = handlerOf(askWarehouse(settings));
