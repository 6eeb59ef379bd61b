/** Webhooks as Stripe sends them, made by hand. */
import Stripe from 'stripe';
import type { JsonObject } from '../../core/types.ts';
import { WEBHOOK_SECRET } from './http.ts';

let events = 0;

/** An event about the session of an order. */
export const sessionEvent = (
  type: string,
  checkoutId: string,
  more: JsonObject = {},
  id = `evt_${process.pid}_${++events}`,
): JsonObject => ({
  ...{ id, object: 'event', type, created: Math.floor(Date.now() / 1000), livemode: false },
  data: {
    object: {
      ...{ id: 'cs_1', object: 'checkout.session', status: 'complete', payment_status: 'paid' },
      ...{ payment_intent: 'pi_1', client_reference_id: checkoutId, metadata: { checkoutId } },
      ...more,
    },
  },
});

/** The body and the headers of a webhook. @param timestamp seconds since 1970 UTC; by default now. */
export function signed(
  event: JsonObject,
  { secret = WEBHOOK_SECRET, timestamp }: { secret?: string; timestamp?: number } = {},
): { body: string; headers: { [name: string]: string } } {
  const payload = JSON.stringify(event);
  const header = Stripe.webhooks.generateTestHeaderString({
    ...{ payload, secret },
    ...(timestamp !== undefined && { timestamp }),
  });
  return { body: payload, headers: { 'content-type': 'application/json', 'stripe-signature': header } };
}
