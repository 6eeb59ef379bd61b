/** The sandbox gateway: requests in, answers out, as Stripe gives them. Deterministic: time and memory are handed in. */
import { createHash } from 'node:crypto';
import { type Answer, invalid, type LedgerLine, Refusal } from './answers.ts';
import { createTill, type Form, type Till } from './intents.ts';
import type { Store } from './store.ts';

/**
 * How it fails, on demand. `transient`: too many requests, nothing is done. `permanent`: refused, nothing is done. `ambiguous`: done,
 * and the connection breaks before the answer. `error-before`, `error-after`: an error of its own, before or after it was done, which
 * it keeps under the key. `lost`: the connection breaks, nothing is done. `silent`, `silent-after`: no answer, ever.
 */
export const sandboxFaults = [
  'none',
  'transient',
  'permanent',
  'ambiguous',
  'error-before',
  'error-after',
  'lost',
  'silent',
  'silent-after',
] as const;

export type SandboxFault = (typeof sandboxFaults)[number];

export interface SandboxRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: { [name: string]: string | string[] | number | undefined };
  /** Form-encoded. */
  body?: string;
}

export interface SandboxAnswer {
  status: number;
  headers: { [name: string]: string };
  body: string;
}

export interface Sandbox {
  /** `cut`: the connection is to be broken; `silent`: it is to be left open. */
  handle(request: SandboxRequest, fault?: SandboxFault): SandboxAnswer | 'cut' | 'silent';
  ledger(): LedgerLine[];
}

export type { LedgerLine };

export interface SandboxOptions {
  store: Store;
  /** Milliseconds since 1970 UTC. */
  now: () => number;
  /** For how long an idempotency key is remembered. Stripe: "at least 24 hours". */
  keepKeysMs?: number;
}

interface Kept {
  fingerprint: string;
  answer: Answer;
  at: number;
}

const DAY_MS = 86_400_000;

export function createStripeSandbox({ store, now, keepKeysMs = DAY_MS }: SandboxOptions): Sandbox {
  const till = createTill(store, now);

  function once(request: SandboxRequest, key: string, fault: SandboxFault): Answer & { replayed?: true } {
    const fingerprint = createHash('sha256')
      .update(`${request.method} ${request.path}\n${request.body ?? ''}`)
      .digest('base64url');
    const known = store.get<Kept>(`key/${key}`);
    if (key !== '' && known && now() < known.at + keepKeysMs) {
      if (known.fingerprint !== fingerprint) throw reused(key);
      return { ...known.answer, replayed: true };
    }
    const { answer, kept } = answerTo(till, request, key, fault);
    if (key !== '' && kept) store.put(`key/${key}`, { fingerprint, answer, at: now() });
    return answer;
  }

  return {
    ledger: () => till.ledger(),
    handle(request, fault = 'none') {
      const key = headerOf(request, 'idempotency-key');
      if (fault === 'lost') return 'cut';
      if (fault === 'silent') return 'silent';
      const { replayed, ...answer } = store.together(() => {
        try {
          if (!/^Bearer .+|^Basic .+/.test(headerOf(request, 'authorization'))) throw unauthorized();
          if (fault === 'transient') throw limited();
          return once(request, key, fault);
        } catch (error) {
          if (error instanceof Refusal) return { ...error.answer, replayed: undefined };
          throw error;
        }
      });
      if (fault === 'ambiguous') return 'cut';
      if (fault === 'silent-after') return 'silent';
      return {
        status: answer.status,
        headers: {
          'content-type': 'application/json',
          'request-id': `req_${createHash('sha256').update(`${now()} ${key} ${request.path}`).digest('hex').slice(0, 14)}`,
          ...(key && { 'idempotency-key': key }),
          ...(replayed && { 'idempotent-replayed': 'true' }),
        },
        body: JSON.stringify(answer.body),
      };
    },
  };
}

/** What is done, once: with what may go wrong on the way. `kept`: whether the answer is that of the key from now on. */
function answerTo(
  till: Till,
  request: SandboxRequest,
  key: string,
  fault: SandboxFault,
): { answer: Answer; kept: boolean } {
  const ours: Answer = {
    status: 500,
    body: { error: { type: 'api_error', message: 'An error of the gateway itself.' } },
  };
  const changes = request.method === 'POST';
  if (changes && fault === 'error-before') return { answer: ours, kept: true };
  try {
    if (changes && fault === 'permanent') throw refusal(request);
    const answer = { status: 200, body: route(till, request, key) };
    return changes && fault === 'error-after' ? { answer: ours, kept: true } : { answer, kept: true };
  } catch (error) {
    if (error instanceof Refusal) return { answer: error.answer, kept: error.kept };
    throw error;
  }
}

function route(till: Till, { method, path, body = '' }: SandboxRequest, key: string): object {
  const url = new URL(path, 'http://sandbox');
  const form = Object.fromEntries(new URLSearchParams(body)) as Form;
  const [, version, collection = '', id = '', action = ''] = url.pathname.split('/');
  const asked = `${method} ${version === 'v1' ? collection : '?'}${id && `/${id === 'search' ? 'search' : ':id'}`}${action && `/${action}`}`;
  switch (asked) {
    case 'POST payment_intents':
      return till.create(form, key);
    case 'GET payment_intents/:id':
      return till.intent(id);
    case 'POST payment_intents/:id/capture':
      return till.capture(id, form, key);
    case 'POST payment_intents/:id/cancel':
      return till.cancel(id, key);
    case 'GET payment_intents':
      return listed(till, url.searchParams);
    case 'GET payment_intents/search':
      return searched(till, url.searchParams.get('query') ?? '');
    case 'POST refunds':
      return till.refund(form, key);
    case 'GET refunds':
      return page(till.refunds(url.searchParams.get('payment_intent') ?? ''), url.pathname);
    default:
      throw invalid('url_invalid', `Unrecognized request URL (${method}: ${url.pathname}).`, undefined, 404);
  }
}

const page = (data: object[], url: string, has_more = false) => ({ object: 'list', url, has_more, data });

/** Newest first; by pages. */
function listed(till: Till, query: URLSearchParams): object {
  const [from, to] = ['created[gte]', 'created[lte]'].map((name) => query.get(name));
  const inTime = till
    .intents()
    .filter(
      ({ created }) => created >= Number(from ?? 0) && created <= Number(to ?? Number.MAX_SAFE_INTEGER),
    );
  const after = query.get('starting_after');
  const start = after === null ? 0 : inTime.findIndex(({ id }) => id === after) + 1;
  const limit = Math.min(100, Number(query.get('limit') ?? 10));
  return page(inTime.slice(start, start + limit), '/v1/payment_intents', inTime.length > start + limit);
}

/** `metadata['name']:'value'`, as much of the query language as we use. */
function searched(till: Till, query: string): object {
  const [, name = '', value] = /^metadata\['([^']+)'\]:'([^']*)'$/.exec(query) ?? [];
  if (value === undefined) throw invalid('parameter_invalid', 'The sandbox searches metadata only.', 'query');
  const found = till.intents().filter(({ metadata }) => metadata[name] === value);
  return { ...page(found, '/v1/payment_intents/search'), object: 'search_result', next_page: null };
}

const headerOf = ({ headers }: SandboxRequest, wanted: string): string => {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return found === undefined ? '' : String(found);
};

const unauthorized = () =>
  new Refusal(401, { type: 'invalid_request_error', message: 'You did not provide an API key.' }, false);

const limited = () =>
  new Refusal(
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests.' },
    false,
  );

const reused = (key: string) =>
  new Refusal(
    400,
    { type: 'idempotency_error', message: `The key ${key} was used with other parameters.` },
    false,
  );

const refusal = ({ path }: SandboxRequest) =>
  path === '/v1/payment_intents'
    ? new Refusal(402, {
        ...{ type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' },
        message: 'Your card was declined.',
      })
    : new Refusal(400, {
        ...{ type: 'invalid_request_error', code: 'refused', message: 'It is refused, on demand.' },
      });
