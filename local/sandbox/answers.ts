/** The forms of Stripe's API, as far as we use them. */

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled';
  payment_method: string | null;
  capture_method: 'manual';
  cancellation_reason: string | null;
  last_payment_error: { code: string; decline_code?: string } | null;
  /** Seconds since 1970 UTC, as all times of this API. */
  created: number;
  metadata: { [name: string]: string };
  livemode: false;
}

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  currency: string;
  payment_intent: string;
  status: 'pending' | 'succeeded' | 'failed';
  failure_reason?: string;
  created: number;
  metadata: { [name: string]: string };
}

/** One movement of money, in the order in which they were. */
export interface LedgerLine {
  /** ISO 8601 UTC. */
  at: string;
  kind: 'authorized' | 'captured' | 'voided' | 'expired' | 'refunded';
  paymentIntent: string;
  /** The payment that asked for it, by the metadata. */
  paymentId: string;
  value: number;
  /** In capitals. */
  currency: string;
  /** The idempotency key of the request that did it; empty where time did. */
  key: string;
}

export interface Answer {
  status: number;
  body: object;
}

/** An answer that is an error, thrown by whatever handles the request. */
export class Refusal extends Error {
  readonly answer: Answer;
  /** Whether it is the answer of the key from now on: what was refused before anything was begun is not. */
  readonly kept: boolean;

  constructor(status: number, error: { type: string; [field: string]: unknown }, kept = true) {
    super(String(error['code'] ?? error.type));
    this.answer = { status, body: { error } };
    this.kept = kept;
  }
}

export const invalid = (code: string, message: string, param?: string, status = 400): Refusal =>
  new Refusal(status, { type: 'invalid_request_error', code, message, ...(param && { param }) }, false);

export const declined = (code: string, decline_code: string | undefined, payment_intent: Intent): Refusal =>
  new Refusal(402, {
    type: 'card_error',
    code,
    ...(decline_code && { decline_code }),
    message: 'Your card was declined.',
    payment_intent,
  });

export const unexpected = (payment_intent: Intent, what: string): Refusal =>
  new Refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `This PaymentIntent could not be ${what} because it has a status of ${payment_intent.status}.`,
    payment_intent,
  });
