import * as z from 'zod';
import type { GatewayRequest } from '../../core/card-gateway.ts';

/** The event that an answer of the gateway becomes, by what was asked for. */
export const eventsOf = {
  authorize: { done: 'AuthApproved', refused: 'AuthDeclined' },
  capture: { done: 'CaptureSuccess', refused: 'CaptureFailed' },
  void: { done: 'CancelSuccess', refused: 'CancelFailed' },
  reverse: { done: 'ReverseSuccess', refused: 'ReverseFailed' },
} as const satisfies { [what in GatewayRequest['do']]: { done: string; refused: string } };

/** What the gateway answered: with its id of the hold where it did what it was asked for, with a word why where it did not. */
export const gatewayAnswer = z.strictObject({
  authorization: z.string().exactOptional(),
  code: z.string().exactOptional(),
});
