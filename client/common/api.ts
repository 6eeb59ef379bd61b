/** The API, as pages ask it. */

/** An answer that is no success (RFC 9457): `name` is the end of its `type`; other members are those of docs/http-api.md. */
export interface Refusal {
  name: string;
  status: number;
  detail: string;
  /** Seconds. */
  retryAfter?: number;
  members: { [member: string]: unknown };
}

/**
 * How a request ended. `silent`: no answer came, so that it may have been heard or not; to be sent again under the same
 * Idempotency-Key.
 */
export type Answered<T> =
  | { kind: 'done'; status: number; value: T }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'silent' };

export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** The same for every try of one wish. */
  key?: string;
  token?: string;
  signal?: AbortSignal;
}

/** How far the clock of the API is ahead of this one, in ms: instants in its answers are told by that. */
let aheadMs = 0;

/** What time it is for the API, in ms since 1970 UTC, as its last answer said; exact to a second. */
export const apiNow = (): number => Date.now() + aheadMs;

/** A key for one wish. */
export const newKey = (): string =>
  // Not randomUUID: that is there over https and at localhost only.
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Without an answer by then, none is waited for: longer than the API takes for any (30 s). */
const PATIENCE_MS = 35_000;

/** Asks the API; never throws. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, key, token, signal }: Request = {},
): Promise<Answered<T>> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    noteTime(response);
    const text = await response.text();
    const value = text === '' ? {} : JSON.parse(text);
    if (response.ok) return { kind: 'done', status: response.status, value };
    return { kind: 'refused', refusal: refusalOf(response, value) };
  } catch {
    // No connection, no answer in time, or half of one.
    return { kind: 'silent' };
  }
}

function noteTime({ headers }: Response): void {
  const told = Date.parse(headers.get('date') ?? '');
  // The header has whole seconds, rounded down: it is that late at least, and less than a second later.
  const late = told - apiNow();
  if (late > 0 || late < -1_000) aheadMs = told - Date.now();
}

function refusalOf({ status, headers }: Response, value: { [member: string]: unknown }): Refusal {
  const { type = '', detail = '', ...members } = value;
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    name: String(type).split(/[:/#]/).at(-1) ?? '',
    status,
    detail: String(detail),
    members,
    ...(Number.isFinite(retryAfter) && { retryAfter }),
  };
}
