import { reserveInventory } from '../../flows/checkout/actions/reserve-inventory.ts';
import { checkoutSettingsSchema } from '../../flows/checkout/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { tableOf } from '../table.ts';

const environment = environmentOf('actions/reserve-inventory');
const settings = settingsOf('checkout', checkoutSettingsSchema, environment);
const table = tableOf({ inventory: environment.TABLE_INVENTORY });

export const handler = handlerOf(reserveInventory(settings), { table });
