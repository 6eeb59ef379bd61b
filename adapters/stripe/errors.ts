/** What an error of the `stripe` library says of a request: the one table that everything goes by. */
import type { GatewayAnswer } from '../../core/card-gateway.ts';
import { EffectError, nameOf } from '../../core/errors.ts';

/** As far as errors of the library are looked at. Never at their message, which may quote what was asked. */
export interface StripeFailure {
  /** The class, as the library names it: `StripeCardError`. */
  type?: string;
  code?: string;
  decline_code?: string;
  statusCode?: number;
  headers?: { [name: string]: string | undefined };
  payment_intent?: { id?: string; status?: string; amount_received?: number };
  /** Of an error of the connection: what lies behind it. */
  detail?: unknown;
}

/** It has certainly not been taken: nobody was reached. */
const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Refused before anything was begun, and no answer is kept under the key (Stripe, "Rate limits", "Lock timeouts"). */
const notBegun = new Set(['rate_limit', 'lock_timeout']);

/** By the class of the error: what it means, where its code does not say otherwise. */
const byType: { readonly [type: string]: (failure: StripeFailure) => GatewayAnswer } = {
  // The card said no (402), or the request can never be right (400, 404).
  StripeCardError: refused,
  StripeInvalidRequestError: refused,
  // A person must mend the key; nothing has been done.
  StripeAuthenticationError: () => raise('transient', 'authentication'),
  StripePermissionError: () => raise('transient', 'permission'),
  StripeRateLimitError: () => raise('transient', 'rate_limit'),
  // The key was used for something else: it is of no use, and says nothing of this request.
  StripeIdempotencyError: ({ code }) =>
    code === 'idempotency_key_in_use' ? raise('ambiguous', code) : { status: 'stored-error' },
  // An error of the gateway (5xx): whether it was done is open. It keeps that answer under the key, and says so when it repeats it.
  StripeAPIError: ({ headers, statusCode }) =>
    headers?.['idempotent-replayed'] === 'true'
      ? { status: 'stored-error' }
      : raise('ambiguous', `gateway-${statusCode}`),
  StripeConnectionError: ({ detail }) => {
    const code = codeOf(detail);
    return unreached.has(code) ? raise('transient', code) : raise('ambiguous', code || 'connection');
  },
};

/**
 * The answer that an error is.
 *
 * @throws EffectError `transient` or `ambiguous`, where it is none.
 */
export function answerOf(error: unknown): GatewayAnswer {
  const failure = error as StripeFailure;
  const { code, statusCode } = failure;
  if (code !== undefined && notBegun.has(code)) return raise('transient', code);
  if (statusCode === 409 && code === 'idempotency_key_in_use') return raise('ambiguous', code);
  const known = byType[failure.type ?? ''];
  return known ? known(failure) : raise('ambiguous', nameOf(error));
}

function raise(failure: 'transient' | 'ambiguous', reason: string): never {
  throw new EffectError(failure, reason);
}

function refused({ code, decline_code, type, statusCode }: StripeFailure): GatewayAnswer {
  // The library gives an empty text where there is no decline code.
  return { status: 'refused', code: decline_code || code || `${type}-${statusCode}` };
}

function codeOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const { code, cause } = detail as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}
