import { restockInventory } from '../../flows/checkout/actions/restock-inventory.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(restockInventory);
