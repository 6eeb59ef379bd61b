import { checkCapture } from '../../flows/payment/actions/check-capture.ts';
import { handlerOf } from '../action-handler.ts';

export const handler = handlerOf(checkCapture);
