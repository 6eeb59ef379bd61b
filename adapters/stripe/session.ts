/** What a session of Stripe Checkout says of the payment. Pure. */
import type Stripe from 'stripe';
import type { SessionState } from '../../core/checkout-provider.ts';

/** As much of a session as is looked at. */
export type Session = Pick<Stripe.Checkout.Session, 'status' | 'payment_status'> & {
  payment_intent?: string | Pick<Stripe.PaymentIntent, 'id' | 'status'> | null;
};

/** A declined card does not end a session: it stays open. A payment that settles later may fail after its end. */
export function sessionState({ status, payment_status, payment_intent: intent }: Session): SessionState {
  if (status === 'expired') return { status: 'expired' };
  if (status !== 'complete') return { status: 'open' };
  if (payment_status !== 'unpaid') {
    const payment = typeof intent === 'string' ? intent : intent?.id;
    return { status: 'paid', ...(payment !== undefined && { payment }) };
  }
  const failed = typeof intent === 'object' && intent !== null && FAILED.includes(intent.status);
  return { status: failed ? 'declined' : 'processing' };
}

const FAILED: readonly string[] = ['requires_payment_method', 'canceled'];
