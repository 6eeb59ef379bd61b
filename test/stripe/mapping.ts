/** How Stripe fails, and what each failure says of a request that moves money. Each row is an answer that comes over the wire. */
import type { GatewayAnswer } from '../../core/card-gateway.ts';
import type { EffectFailure } from '../../core/errors.ts';
import { type Answering, json } from './stub.ts';

/** The answer it is; or how the effect fails, and the word that is kept of it. */
export type Means = GatewayAnswer | [failure: EffectFailure, reason: string];

export type MappingRow = [title: string, answer: Answering, means: Means];

/** Quotes what nobody should keep. */
const message = 'No such customer: jane@example.com, card 4242424242424242';
const REPLAYED = { 'idempotent-replayed': 'true' };

const error = (status: number, type: string, code?: string, more: object = {}, headers = {}): Answering =>
  json(status, { error: { type, ...(code && { code }), message, ...more } }, headers);
const request = 'invalid_request_error';
const refused = (code: string): Means => ({ status: 'refused', code });
const stored: Means = { status: 'stored-error' };

// biome-ignore format: a table
export const answered: MappingRow[] = [
  // The bank or the card says no. The decline code says more than the code, where there is one.
  ['declined',                  error(402, 'card_error', 'card_declined', { decline_code: 'generic_decline' }),    refused('generic_decline')],
  ['insufficient funds',        error(402, 'card_error', 'card_declined', { decline_code: 'insufficient_funds' }), refused('insufficient_funds')],
  ['expired card',              error(402, 'card_error', 'expired_card'),                                          refused('expired_card')],
  ['declined, without a word',  error(402, 'card_error', 'card_declined'),                                         refused('card_declined')],
  ['authentication required',   error(402, 'card_error', 'authentication_required', { decline_code: 'authentication_required' }), refused('authentication_required')],
  ['declined, repeated',        error(402, 'card_error', 'card_declined', { decline_code: 'lost_card' }, REPLAYED), refused('lost_card')],

  // The request can never be right.
  ['no such payment method',    error(400, request, 'resource_missing'),            refused('resource_missing')],
  ['no such hold',              error(404, request, 'resource_missing'),            ['transient', 'hold-unknown-there']],
  ['a wrong parameter',         error(400, request, 'parameter_invalid_integer'),   refused('parameter_invalid_integer')],
  ['the hold has expired',      error(400, request, 'charge_expired_for_capture'),  refused('authorization-expired')],
  ['the hold has expired, 402', error(402, 'card_error', 'capture_charge_authorization_expired'), refused('authorization-expired')],
  ['something new, 400',        error(400, request, 'something_new'),               refused('something_new')],
  ['something new, 418',        error(418, 'new_error', 'something_new'),           refused('something_new')],
  ['a 400 without a code',      error(400, request),                                refused('invalid_request_error')],
  ['a code that is a sentence', error(400, request, `see ${message}`),              refused('invalid_request_error')],

  // Another state than it needs, and it does not say which.
  ['unexpected state',          error(400, request, 'payment_intent_unexpected_state'), stored],

  // A person must mend the key; nothing was done.
  ['a wrong key',               error(401, request),                                ['transient', 'authentication']],
  ['an expired key',            error(401, request, 'api_key_expired'),             ['transient', 'authentication']],
  ['a public key',              error(400, request, 'secret_key_required'),         ['transient', 'authentication']],
  ['a key without the right',   error(403, request),                                ['transient', 'permission']],

  // Not begun.
  ['too many requests',         error(429, request, 'rate_limit'),                  ['transient', 'rate_limit']],
  ['too many, without a code',  error(429, 'api_error'),                            ['transient', 'rate_limit']],
  ['too many, as a 400',        error(400, request, 'rate_limit'),                  ['transient', 'rate_limit']],
  ['locked',                    error(429, request, 'lock_timeout'),                ['transient', 'lock_timeout']],
  ['locked, as a 400',          error(400, request, 'lock_timeout'),                ['transient', 'lock_timeout']],

  // The idempotency key.
  ['under way',                 error(409, 'idempotency_error', 'idempotency_key_in_use'), ['ambiguous', 'idempotency_key_in_use']],
  ['under way, as a 400',       error(400, 'idempotency_error', 'idempotency_key_in_use'), ['ambiguous', 'idempotency_key_in_use']],
  ['a conflict',                error(409, request),                                ['ambiguous', 'conflict']],
  ['of another request',        error(400, 'idempotency_error'),                    stored],

  // An error of the gateway: it may have been done. Repeated under the key it is all that will ever be said.
  ['500',                       error(500, 'api_error'),                            ['ambiguous', 'gateway-500']],
  ['502',                       error(502, 'api_error'),                            ['ambiguous', 'gateway-502']],
  ['503 with a code',           error(503, 'api_error', 'unavailable'),             ['ambiguous', 'unavailable']],
  ['500, repeated',             error(500, 'api_error', undefined, {}, REPLAYED),   stored],
  ['no JSON, 502',              json(502, '<html>Bad Gateway</html>'),              ['ambiguous', 'StripeAPIError']],
  ['no JSON, 200',              json(200, ''),                                      ['ambiguous', 'StripeAPIError']],

  // No answer.
  ['reset',                     (response) => void response.destroy(),              ['ambiguous', 'ECONNRESET']],
  ['reset within the answer',   (response) => void response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()), ['ambiguous', 'ECONNRESET']],
  ['silence',                   () => {},                                           ['ambiguous', 'ETIMEDOUT']],
  ['silence within the answer', (response) => void response.writeHead(200).write('{'), ['ambiguous', 'ETIMEDOUT']],
];

/** Nobody is reached: where, and what is kept of it. */
// biome-ignore format: a table
export const unreached: [title: string, url: string, reason: string][] = [
  ['nobody listens', 'http://127.0.0.1:1',      'ECONNREFUSED'],
  ['no such host',   'http://gateway.invalid',  'ENOTFOUND'],
];
