/** Stripe Checkout: sessions with a hosted page, through Stripe's own library. */
import type Stripe from 'stripe';
import type { CheckoutProvider, SessionOrder, SessionState } from '../../core/checkout-provider.ts';
import { EffectError } from '../../core/errors.ts';
import { accountOf, expected, isEffectError, looked, type StripeOptions } from './account.ts';
import { answerOf } from './errors.ts';
import { PAYMENT } from './look-up.ts';
import { sessionState } from './session.ts';

/** The metadata by which an order is found again, beside the `client_reference_id`. */
export const CHECKOUT = 'checkoutId';

/** A provider that asks Stripe. Amounts go there as they are, in minor units; currencies in small letters. */
export function createStripeCheckout(options: StripeOptions): CheckoutProvider {
  const client = accountOf(options);

  return {
    async createSession(order, { checkoutId, key, signal }) {
      const stripe = await client();
      if (signal.aborted) throw new EffectError('transient', 'aborted');
      try {
        const made = await stripe.checkout.sessions.create(parameters(order, checkoutId), {
          idempotencyKey: key,
        });
        const { id: session, url } = expected('checkout.session', made);
        if (!url) throw new EffectError('ambiguous', 'no-page');
        return { status: 'created', session, url };
      } catch (error) {
        if (isEffectError(error)) throw error;
        const answer = answerOf(error);
        // An error that is kept under the key: nobody has learnt of a page, so nobody can pay there, whether there is one or not.
        return { status: 'refused', code: answer.status === 'refused' ? answer.code : 'stored-error' };
      }
    },

    async expireSession(session, { key, signal }) {
      const stripe = await client();
      if (signal.aborted) throw new EffectError('transient', 'aborted');
      try {
        const closed = await stripe.checkout.sessions.expire(session, {}, { idempotencyKey: key });
        return sessionState(expected('checkout.session', closed));
      } catch (error) {
        if (isEffectError(error)) throw error;
        // It is no longer open, or the key repeats an earlier error: what it is now decides.
        answerOf(error);
        return looked(() => retrieved(stripe, session));
      }
    },

    async readSession(session) {
      const stripe = await client();
      return looked(() => retrieved(stripe, session));
    },
  };
}

async function retrieved(stripe: Stripe, session: string): Promise<SessionState> {
  const found = await stripe.checkout.sessions.retrieve(session, { expand: ['payment_intent'] });
  return sessionState(expected('checkout.session', found));
}

const parameters = (
  { items, currency, email, expiresAt, returnUrl }: SessionOrder,
  checkoutId: string,
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: items.map(({ sku, quantity, price }) => ({
    quantity,
    price_data: { currency: currency.toLowerCase(), unit_amount: price, product_data: { name: sku } },
  })),
  customer_email: email,
  client_reference_id: checkoutId,
  metadata: { [CHECKOUT]: checkoutId },
  payment_intent_data: { metadata: { [PAYMENT]: checkoutId } },
  expires_at: Math.floor(Date.parse(expiresAt) / 1000),
  success_url: returnUrl,
  cancel_url: returnUrl,
});
