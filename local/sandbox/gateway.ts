/** The sandbox gateway: requests in, answers out, as Stripe gives them. Deterministic: time and memory are handed in. */
import { createHash } from 'node:crypto';
import {
  type Answer,
  broken,
  declined,
  inUse,
  type LedgerLine,
  limited,
  Refusal,
  refused,
  reused,
  type Session,
  unauthorized,
} from './answers.ts';
import { createEvents, type StripeEvent } from './events.ts';
import { createIntents } from './intents.ts';
import { createLedger } from './ledger.ts';
import { createRefunds } from './refunds.ts';
import { type Asked, type Books, route } from './routes.ts';
import { createSessions, type Deed } from './sessions.ts';
import type { Store } from './store.ts';

/**
 * How it fails, on demand. `transient`: too many requests, nothing is done. `permanent`: refused, nothing is done. `ambiguous`: done,
 * and the connection breaks before the answer. `error-before`, `error-after`: an error of its own, before or after it was done, which
 * it keeps under the key. `lost`: the connection breaks, nothing is done. `silent`, `silent-after`: no answer, ever; not done, done.
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

export interface SandboxRequest extends Asked {
  headers: { [name: string]: string | string[] | number | undefined };
}

export interface SandboxAnswer {
  status: number;
  headers: { [name: string]: string };
  /** JSON. */
  body: string;
}

export interface Sandbox {
  /**
   * Everything that a request does, and what is remembered of it under its key, is one transaction.
   *
   * @returns `cut`: the connection is to be broken; `silent`: it is to be left open.
   */
  handle(request: SandboxRequest, fault?: SandboxFault): SandboxAnswer | 'cut' | 'silent';
  /** For a request whose key belongs to one that is not over yet: that is for whoever takes several at once to know. */
  conflict(request: SandboxRequest): SandboxAnswer;
  /** Holds that ended by themselves, and refunds that were open for a while, are in it once somebody has looked at them. */
  ledger(): LedgerLine[];
  /** A session as its page shows it; undefined where there is none. */
  session(id: string): Session | undefined;
  /** What a customer does on the page of a session. */
  act(id: string, deed: Deed, card?: string): Session | undefined;
  /** What is to be told by webhook, and has not been. Time has done what it does by then. */
  untold(): StripeEvent[];
  told(eventId: string): void;
}

export type { LedgerLine };

export interface SandboxOptions {
  store: Store;
  /** Milliseconds since 1970 UTC. */
  now: () => number;
  /** For how long an idempotency key is remembered. Stripe: "at least 24 hours". */
  keepKeysMs?: number;
}

/** What is remembered of a key. */
interface Kept {
  asked: string;
  answer: Answer;
  /** Milliseconds since 1970 UTC. */
  at: number;
}

type Given = Answer & { replayed?: boolean };

const DAY_MS = 86_400_000;

export function createStripeSandbox({ store, now, keepKeysMs = DAY_MS }: SandboxOptions): Sandbox {
  const ledger = createLedger(store);
  const intents = createIntents(store, ledger, now);
  const events = createEvents(store, now);
  const books: Books = {
    intents,
    refunds: createRefunds(store, ledger, intents, now),
    sessions: createSessions(store, intents, events, now),
  };
  let requests = 0;

  function answerTo(request: SandboxRequest, fault: SandboxFault): Given {
    if (!/^(Bearer|Basic) \S/.test(headerOf(request, 'authorization'))) throw unauthorized();
    if (fault === 'transient') throw limited();
    if (request.method !== 'POST') return { status: 200, body: route(books, request, '') };
    const key = headerOf(request, 'idempotency-key');
    if (key === '') return perform(books, request, key, fault).answer;
    const asked = fingerprintOf(request);
    const known = store.get<Kept>(`key/${key}`);
    if (known && now() < known.at + keepKeysMs) {
      if (known.asked !== asked) throw reused();
      return { ...known.answer, replayed: true };
    }
    const { answer, kept } = perform(books, request, key, fault);
    if (kept) store.put(`key/${key}`, { asked, answer, at: now() });
    return answer;
  }

  function told(request: SandboxRequest, { status, body, replayed = false }: Given): SandboxAnswer {
    const key = headerOf(request, 'idempotency-key');
    const id = createHash('sha256').update(`${now()} ${++requests} ${key}`).digest('hex');
    return {
      status,
      headers: {
        'content-type': 'application/json',
        'request-id': `req_${id.slice(0, 14)}`,
        ...(key && { 'idempotency-key': key }),
        ...(replayed && { 'idempotent-replayed': 'true' }),
      },
      body: JSON.stringify(body),
    };
  }

  /** What there is no session for is undefined. */
  const known = (work: () => Session): Session | undefined =>
    store.together(() => {
      try {
        return work();
      } catch (error) {
        if (error instanceof Refusal) return undefined;
        throw error;
      }
    });

  return {
    ledger: () => ledger.lines(),
    session: (id) => known(() => books.sessions.read(id)),
    act: (id, deed, card = 'pm_card_visa') => known(() => books.sessions.act(id, deed, card)),
    untold: () =>
      store.together(() => {
        books.sessions.age();
        return events.untold();
      }),
    told: (eventId) => store.together(() => events.told(eventId)),
    conflict: (request) => told(request, inUse),
    handle(request, fault = 'none') {
      if (fault === 'lost') return 'cut';
      if (fault === 'silent') return 'silent';
      const answer = store.together(() => orRefused(() => answerTo(request, fault)));
      if (fault === 'ambiguous') return 'cut';
      if (fault === 'silent-after') return 'silent';
      return told(request, answer);
    },
  };
}

/** What is done, once, with what may go wrong on the way. `kept`: whether the answer is that of the key from now on. */
function perform(
  books: Books,
  asked: Asked,
  key: string,
  fault: SandboxFault,
): { answer: Answer; kept: boolean } {
  if (fault === 'error-before') return { answer: broken, kept: true };
  let kept = true;
  const answer = orRefused(
    () => {
      if (fault === 'permanent') throw onDemand(asked);
      return { status: 200, body: route(books, asked, key) };
    },
    (refusal) => (kept = refusal.kept),
  );
  return { answer: fault === 'error-after' && kept ? broken : answer, kept };
}

/** The answer, or the one that a refusal is. */
function orRefused<T extends Answer>(work: () => T, hear?: (refusal: Refusal) => void): T | Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    hear?.(error);
    return error.answer;
  }
}

const onDemand = ({ path }: Asked): Refusal =>
  path === '/v1/payment_intents'
    ? declined('card_declined', 'generic_decline')
    : refused('refused', 'It is refused, on demand.');

/** Of what is asked for: the order of the parameters is none of it. */
function fingerprintOf({ method, path, body = '' }: Asked): string {
  const parameters = new URLSearchParams(body);
  parameters.sort();
  return createHash('sha256').update(`${method} ${path}\n${parameters}`).digest('base64url');
}

function headerOf({ headers }: SandboxRequest, wanted: string): string {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return found === undefined ? '' : String(found);
}
