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

/** How far the clock of the API is ahead of this one, in ms, as far as its answers tell: instants in them are told by that. */
let ahead: { least: number; most: number } | undefined;

/** What time it is for the API, in ms since 1970 UTC; it may be later, by a second and what an answer takes, never earlier. */
export const apiNow = (): number => Date.now() + (ahead?.least ?? 0);

/** The same, where it may be earlier and is never later. */
export const apiNowAtMost = (): number => Date.now() + (ahead?.most ?? 0);

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
  const sent = Date.now();
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
    noteTime(response, sent);
    const text = await response.text();
    const value = text === '' ? {} : JSON.parse(text);
    if (response.ok) return { kind: 'done', status: response.status, value };
    return { kind: 'refused', refusal: refusalOf(response, value) };
  } catch {
    // No connection, no answer in time, or half of one.
    return { kind: 'silent' };
  }
}

/** @param sent when the request was, by this clock. */
function noteTime({ headers }: Response, sent: number): void {
  const told = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(told)) return;
  // The header has whole seconds, rounded down, and was written at some time between the request and now. However long that took, what
  // earlier answers told is only narrowed by it, unless it cannot be so: then a clock was moved.
  const [least, most] = [told - Date.now(), told + 1_000 - sent];
  const isMoved = ahead && (most < ahead.least || least > ahead.most);
  ahead =
    ahead && !isMoved
      ? { least: Math.max(least, ahead.least), most: Math.min(most, ahead.most) }
      : { least, most };
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
