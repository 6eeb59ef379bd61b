import { noteAnswer } from '../../flows/payment/actions/note-answer.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(noteAnswer);
