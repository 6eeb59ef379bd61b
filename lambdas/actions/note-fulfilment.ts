import { noteFulfilment } from '../../flows/checkout/actions/note-fulfilment.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(noteFulfilment);
