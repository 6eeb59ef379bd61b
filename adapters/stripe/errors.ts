/** What an error of the `stripe` library says of a request: the one table that everything goes by. */
import type { GatewayAnswer } from '../../core/card-gateway.ts';
import { EffectError, nameOf } from '../../core/errors.ts';

/** As far as errors of the library are looked at. Never at their message, which may quote what was asked. */
export interface StripeFailure {
  /** The class, as the library names it: `StripeCardError`. */
  type?: string;
  /** The type as Stripe names it: `card_error`. */
  rawType?: string;
  code?: string;
  /** Empty where there is none. */
  decline_code?: string;
  statusCode?: number;
  headers?: { [name: string]: string | undefined };
  payment_intent?: { id?: string; status?: string; amount_received?: number };
  /** Of an error of the connection: what lies behind it. */
  detail?: unknown;
}

/** `refused` and `stored-error` are answers; the other two are failures to get one. */
export type Meaning = 'refused' | 'stored-error' | 'transient' | 'ambiguous';

export interface FailureRow {
  /** A code of the operating system for a connection without an answer; `any` for every other one. */
  network?: string;
  /** The HTTP status; 400 and 500 in `kind` stand for all of their hundred. */
  status?: number;
  kind?: 400 | 500;
  code?: string;
  rawType?: string;
  /** Whether it is the answer that the gateway has kept under the key. */
  replayed?: true;
  means: Meaning;
  /** What is kept of it, where that is not the error's own code. */
  word?: string;
}

/**
 * The first row that fits counts. From Stripe, "Error codes", "Advanced error handling", "Idempotent requests", "Rate limits".
 */
// biome-ignore format: a table
export const failures: readonly FailureRow[] = [
  // Nobody was reached.
  { network: 'ECONNREFUSED', means: 'transient' },
  { network: 'ENOTFOUND', means: 'transient' },
  { network: 'EAI_AGAIN', means: 'transient' },
  // Somebody was, and may have done it: a time-out, a reset.
  { network: 'any', means: 'ambiguous' },

  // The key for the API is wrong, or may not do this. Nothing was done; a person must mend it.
  { status: 401, means: 'transient', word: 'authentication' },
  { code: 'api_key_expired', means: 'transient', word: 'authentication' },
  { code: 'secret_key_required', means: 'transient', word: 'authentication' },
  { status: 403, means: 'transient', word: 'permission' },

  // Refused before anything was begun, and not kept under the key.
  { code: 'lock_timeout', means: 'transient' },
  { code: 'rate_limit', means: 'transient' },
  { status: 429, means: 'transient', word: 'rate_limit' },

  // The first request under this key is under way.
  { code: 'idempotency_key_in_use', means: 'ambiguous' },
  { status: 409, means: 'ambiguous', word: 'conflict' },
  // The key belongs to another request: it is of no use, and says nothing of this one.
  { rawType: 'idempotency_error', means: 'stored-error' },

  // What was held once is not to be found: the key is that of another account. Nothing was done; a person must mend it.
  { status: 404, code: 'resource_missing', means: 'transient', word: 'hold-unknown-there' },

  { code: 'charge_expired_for_capture', means: 'refused', word: 'authorization-expired' },
  { code: 'capture_charge_authorization_expired', means: 'refused', word: 'authorization-expired' },
  // Where it tells the state of the hold, that decides (hold.ts). Without it, what was asked for may be the case already.
  { code: 'payment_intent_unexpected_state', means: 'stored-error' },
  // Anything else of the request, the card or the bank: it says no, under the code it gives.
  { kind: 400, means: 'refused' },

  // An error of the gateway. It keeps that answer too, and says so when it repeats it; before that it may be undone yet.
  { kind: 500, replayed: true, means: 'stored-error' },
  { kind: 500, means: 'ambiguous' },
];

/** What an error means, and the word that may be kept and shown of it. */
export function meaningOf(error: unknown): { means: Meaning; word: string } {
  const failure = error as StripeFailure;
  const network = networkOf(failure);
  const row = failures.find((one) => fits(one, failure, network));
  const word = row?.word ?? wordOf(failure, network) ?? failure.type ?? nameOf(error);
  // What nobody has classified says nothing of what was done.
  return { means: row?.means ?? 'ambiguous', word };
}

/**
 * The answer that an error is.
 *
 * @throws EffectError `transient` or `ambiguous`, where it is none.
 */
export function answerOf(error: unknown): GatewayAnswer {
  const { means, word } = meaningOf(error);
  if (means === 'refused') return { status: means, code: word };
  if (means === 'stored-error') return { status: means };
  throw new EffectError(means, word);
}

function fits(row: FailureRow, failure: StripeFailure, network: string | undefined): boolean {
  const { statusCode = 0, code, rawType, headers } = failure;
  if (row.network !== undefined) return network !== undefined && ['any', network].includes(row.network);
  return (
    asked(row.status, statusCode) &&
    asked(row.kind, Math.floor(statusCode / 100) * 100) &&
    asked(row.code, code) &&
    asked(row.rawType, rawType) &&
    asked(row.replayed, headers?.['idempotent-replayed'] === 'true')
  );
}

/** A row says nothing of what it leaves out. */
const asked = <T>(wanted: T | undefined, found: T | undefined): boolean =>
  wanted === undefined || wanted === found;

/** Words of the gateway's: a code, never a sentence. */
const WORD = /^[\w-]{1,64}$/;

function wordOf(failure: StripeFailure, network: string | undefined): string | undefined {
  const { decline_code, code, rawType, statusCode } = failure;
  if (network !== undefined) return network;
  if (statusCode === undefined) return undefined;
  const own = [decline_code, code].find((one) => one !== undefined && WORD.test(one));
  if (own !== undefined || statusCode >= 500) return own ?? `gateway-${statusCode}`;
  return rawType !== undefined && WORD.test(rawType) ? rawType : `gateway-${statusCode}`;
}

/** Why there was no answer; nothing where there was one. */
function networkOf({ type, detail }: StripeFailure): string | undefined {
  return type === 'StripeConnectionError' ? codeOf(detail) || 'connection' : undefined;
}

function codeOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const { code, cause } = detail as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}
