import { releaseInventory } from '../../flows/checkout/actions/release-inventory.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(releaseInventory);
