import { commitInventory } from '../../flows/checkout/actions/commit-inventory.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(commitInventory);
