import { noteRefund } from '../../flows/checkout/actions/note-refund.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(noteRefund);
