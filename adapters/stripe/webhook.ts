/** Webhooks of Stripe: whose they are is verified by Stripe's own library. */
import Stripe from 'stripe';
import type { NoticeReader, PaymentNotice, SessionState } from '../../core/checkout-provider.ts';
import { CHECKOUT } from './checkout.ts';
import { sessionState } from './session.ts';

/** How old a signature may be, and how far ahead of our clock: Stripe's own default. */
const TOLERANCE_SECONDS = 300;

export interface WebhookOptions {
  /** The signing secret of the endpoint; asked for at each request. */
  secret: () => Promise<string>;
  /** Milliseconds since 1970 UTC, of the real time: signatures age by it. */
  now: () => number;
}

/** The kinds of events that say how a session ended; Stripe sends others, as many as the account asks for. */
const states: { [type: string]: (session: Stripe.Checkout.Session) => SessionState } = {
  'checkout.session.completed': (session) => sessionState({ ...session, status: 'complete' }),
  'checkout.session.async_payment_succeeded': (session) =>
    sessionState({ ...session, status: 'complete', payment_status: 'paid' }),
  'checkout.session.async_payment_failed': () => ({ status: 'declined' }),
  'checkout.session.expired': () => ({ status: 'expired' }),
};

export function createWebhookReader({ secret, now }: WebhookOptions): NoticeReader {
  return async (body, signature) => {
    const key = (await secret()).trim();
    const at = now();
    let event: Stripe.Event;
    try {
      const { webhooks } = Stripe;
      event = await webhooks.constructEventAsync(body, signature, key, TOLERANCE_SECONDS, undefined, at);
    } catch {
      return 'forged';
    }
    // The library refuses what is too old, and nothing that is of a time to come.
    return isOfTheFuture(signature, at) ? 'forged' : (noticeOf(event) ?? 'ignored');
  };
}

/** Every time in the header counts: the library goes by the last. */
function isOfTheFuture(signature: string, now: number): boolean {
  const times = signature.split(',').flatMap((part) => /^\s*t=(\d+)/.exec(part)?.[1] ?? []);
  return times.some((time) => Number(time) > now / 1000 + TOLERANCE_SECONDS);
}

function noticeOf({ id, type, data }: Stripe.Event): PaymentNotice | undefined {
  const stateOf = Object.hasOwn(states, type) ? states[type] : undefined;
  if (!stateOf) return undefined;
  const session = data.object as Stripe.Checkout.Session;
  const checkoutId = session.metadata?.[CHECKOUT];
  // Anybody may choose the reference of a payment link of the same account; the metadata is for those who hold the key.
  if (!checkoutId || session.client_reference_id !== checkoutId) return undefined;
  return { id, checkoutId, session: session.id, state: stateOf(session) };
}
