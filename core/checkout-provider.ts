/** What an order asks of a payment provider with a hosted page. Data in, data out. */

export interface SessionOrder {
  /** `price` in minor units, of one piece. */
  items: { sku: string; quantity: number; price: number }[];
  /** ISO 4217, in capitals. */
  currency: string;
  email: string;
  /** ISO 8601 UTC: from then on nobody can pay any more. */
  expiresAt: string;
  /** Where the customer goes from the provider's page, whether it was paid or not. */
  returnUrl: string;
}

/**
 * A session as the provider knows it. `payment` is its id of the money that was taken; `processing`: the customer has done all, the
 * money is on its way; `declined`: it will not come.
 */
export type SessionState =
  | { status: 'open' | 'processing' | 'declined' | 'expired' }
  | { status: 'paid'; payment?: string };

export interface ProviderCall {
  /** The order that asks; it comes back with every notice. */
  checkoutId: string;
  /** The idempotency key: a second request under it is answered like the first. For a day. */
  key: string;
  signal: AbortSignal;
}

/** Each throws EffectError `transient` (certainly not done) or `ambiguous` (nobody knows). */
export interface CheckoutProvider {
  /** @returns the page where it is paid; `refused`, with a word why, where there is none and never will be. */
  createSession(
    order: SessionOrder,
    call: ProviderCall,
  ): Promise<{ status: 'created'; session: string; url: string } | { status: 'refused'; code: string }>;
  /** Closes a session, and says how it ended: whoever paid a moment before has paid. */
  expireSession(session: string, call: ProviderCall): Promise<SessionState>;
  /** Changes nothing. */
  readSession(session: string, call: Omit<ProviderCall, 'key'>): Promise<SessionState>;
}

/** What the provider tells by itself of a session: at least once, in any order. `id` names the notice. */
export interface PaymentNotice {
  id: string;
  checkoutId: string;
  session: string;
  state: SessionState;
}

/**
 * Reads a request of the provider.
 *
 * @returns the notice; `ignored` for what says nothing of an order; `forged` where the signature is not the provider's, or too old,
 * or of a time to come.
 */
export type NoticeReader = (body: string, signature: string) => Promise<PaymentNotice | 'ignored' | 'forged'>;
