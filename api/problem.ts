/** Errors as `application/problem+json` (RFC 9457), and the one place where exceptions become answers. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { isDetentError, loggable } from '../core/errors.ts';
import type { Clock, Observer } from '../core/ports.ts';
import type { JsonObject } from '../core/types.ts';

/** Name, status and title of every problem that this API reports. */
const problems = {
  'invalid-request': [400, 'The request is not of the expected form'],
  'bad-signature': [400, 'The signature is not that of the payment provider, or too old'],
  'invalid-credentials': [401, 'User name or password are wrong'],
  'otp-invalid': [401, 'The code is wrong'],
  'invalid-session': [401, 'There is no such session'],
  forbidden: [403, 'This is not for everybody'],
  'not-found': [404, 'There is nothing here'],
  'unknown-sku': [404, 'There is no such good'],
  'method-not-allowed': [405, 'This method is not for this address'],
  conflict: [409, 'Others changed this at the same time'],
  'wrong-state': [409, 'This is not possible in the present state'],
  'amount-too-large': [409, 'More is wanted than was authorised'],
  'no-resends-left': [409, 'The code was sent as often as is allowed'],
  'out-of-stock': [409, 'There are not enough pieces'],
  'too-many-deferred': [409, 'Too many events already wait here'],
  'otp-expired': [410, 'The code is no longer valid'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'key-reused': [422, 'This Idempotency-Key was used for another request'],
  locked: [423, 'Too many wrong codes'],
  'resend-too-early': [429, 'The code was sent a moment ago'],
  throttled: [429, 'Too many messages were sent to this number'],
  'internal-error': [500, 'Something went wrong on our side'],
  'try-again': [503, 'A needed service is down'],
} as const satisfies { [name: string]: [ContentfulStatusCode, string] };

export type ProblemName = keyof typeof problems;

export interface ProblemDetails {
  detail: string;
  /** Seconds. */
  retryAfter?: number;
  headers?: { [name: string]: string };
  /** Extra members. */
  members?: JsonObject;
}

/** Thrown anywhere under a route; `respond` makes the answer. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly details: ProblemDetails;

  constructor(problem: ProblemName, details: ProblemDetails) {
    super(details.detail);
    this.name = 'Problem';
    this.problem = problem;
    this.details = details;
  }
}

/** Seconds until `instant`, at least 1: for Retry-After. */
export function secondsUntil(instant: unknown, clock: Clock): number {
  const ms = typeof instant === 'string' ? Date.parse(instant) - clock.now() : 0;
  return Math.max(1, Math.ceil(ms / 1000));
}

/** The answer to whatever a route threw. Nothing of a foreign error reaches the caller. */
export function respond(c: Context, error: unknown, observe: Observer): Response {
  const known = error instanceof Problem ? error : translate(error);
  if (known.problem === 'internal-error') {
    observe({
      type: 'failure',
      where: 'api',
      subject: c.req.path.split('/')[1] ?? '',
      error: loggable(error),
    });
  }
  const [status, title] = problems[known.problem];
  const { detail, members, headers, retryAfter } = known.details;
  const body = { type: `urn:detent:problem:${known.problem}`, title, status, detail, ...members };
  return c.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...headers,
  });
}

function translate(error: unknown): Problem {
  if (isDetentError(error, 'too-large')) return new Problem('too-large', { detail: error.message });
  if (isDetentError(error) && error.advice === 'retry') {
    return new Problem('try-again', { detail: 'Try again in a moment.', retryAfter: 1 });
  }
  return new Problem('internal-error', {
    detail: 'It has been noted. Nothing was half done; you may try again.',
  });
}
