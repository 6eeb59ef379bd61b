/** The forms of Stripe's API, as far as we use them. */

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: 'requires_payment_method' | 'requires_capture' | 'processing' | 'succeeded' | 'canceled';
  payment_method: string | null;
  payment_method_types: ['card'];
  /** `automatic`: that of a session, which is paid at once or not at all. */
  capture_method: 'manual' | 'automatic';
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

export interface Session {
  id: string;
  object: 'checkout.session';
  mode: 'payment';
  amount_total: number;
  currency: string;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid';
  payment_intent: string | null;
  client_reference_id: string | null;
  customer_email: string | null;
  metadata: { [name: string]: string };
  created: number;
  expires_at: number;
  success_url: string;
  cancel_url: string | null;
  /** The hosted page. */
  url: string;
  livemode: false;
}

/** One movement of money. */
export interface LedgerLine {
  /** ISO 8601 UTC. */
  at: string;
  kind: 'authorized' | 'captured' | 'voided' | 'expired' | 'refunded';
  paymentIntent: string;
  /** The payment that asked for it, by the metadata. */
  paymentId: string;
  /** Minor units. */
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

/** A parameter that is missing or wrong, or names what is not there. */
export const invalid = (code: string, message: string, param?: string, status = 400): Refusal =>
  new Refusal(status, { type: 'invalid_request_error', code, message, ...(param && { param }) }, false);

export const declined = (code: string, decline_code: string | undefined, payment_intent?: Intent): Refusal =>
  new Refusal(402, {
    type: 'card_error',
    code,
    ...(decline_code && { decline_code }),
    message: 'Your card was declined.',
    ...(payment_intent && { payment_intent }),
  });

/** What the state of the intent does not allow; the intent is told along. */
export const unexpected = (payment_intent: Intent, what: string): Refusal =>
  new Refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `This PaymentIntent could not be ${what} because it has a status of ${payment_intent.status}.`,
    payment_intent,
  });

/** A request that could be right, and is refused all the same. */
export const refused = (code: string, message: string): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', code, message });

export const unauthorized = (): Refusal =>
  new Refusal(401, { type: 'invalid_request_error', message: 'You did not provide an API key.' }, false);

export const limited = (): Refusal =>
  new Refusal(
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
    false,
  );

/** The key was used for something else. */
export const reused = (): Refusal =>
  new Refusal(
    400,
    { type: 'idempotency_error', message: 'This key was used for a request with other parameters.' },
    false,
  );

/** An error of the gateway itself. */
export const broken: Answer = {
  status: 500,
  body: { error: { type: 'api_error', message: 'An error of the gateway itself.' } },
};

/** The first request under this key is not over yet. */
export const inUse: Answer = {
  status: 409,
  body: {
    error: {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: 'Another request is under way with this key.',
    },
  },
};
