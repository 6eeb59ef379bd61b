/** Which request asks for what, and lists by pages. */
import { invalid, type Session } from './answers.ts';
import type { Form } from './form.ts';
import type { Intents } from './intents.ts';
import type { Refunds } from './refunds.ts';
import type { Sessions } from './sessions.ts';

export interface Books {
  intents: Intents;
  refunds: Refunds;
  sessions: Sessions;
}

export interface Asked {
  method: string;
  /** With the query. */
  path: string;
  /** Form-encoded. */
  body?: string;
  /** Where whoever asks has reached the sandbox, such as `http://127.0.0.1:12111`. */
  origin?: string;
}

/** What the books answer; they are changed by it. @throws Refusal */
export function route(
  { intents, refunds, sessions }: Books,
  { method, path, body = '', origin = '' }: Asked,
  key: string,
): object {
  const [place = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  const form: Form = Object.fromEntries(new URLSearchParams(body));
  const plain = place.replace('/checkout/sessions', '/checkout.sessions');
  const [, version, collection = '', id = '', action, ...more] = plain.split('/');
  const one = id === '' ? '' : id === 'search' ? '/search' : '/:id';
  const known = version === 'v1' && more.length === 0;
  switch (known && `${method} ${collection}${one}${action ? `/${action}` : ''}`) {
    case 'POST payment_intents':
      return intents.create(form, key);
    case 'GET payment_intents':
      return listed(intents.all(), query, place);
    case 'GET payment_intents/search':
      return searched(intents, query, place);
    case 'GET payment_intents/:id':
      return intents.read(id);
    case 'POST payment_intents/:id/capture':
      return intents.capture(id, form, key);
    case 'POST payment_intents/:id/cancel':
      return intents.cancel(id, form, key);
    case 'POST refunds':
      return refunds.create(form, key);
    case 'GET refunds':
      return listed(refunds.all(query.get('payment_intent') ?? undefined), query, place);
    case 'GET refunds/:id':
      return refunds.read(id);
    case 'POST checkout.sessions':
      return sessions.create(form, origin);
    case 'GET checkout.sessions/:id':
      return expanded(sessions.read(id), intents, query);
    case 'POST checkout.sessions/:id/expire':
      return sessions.expire(id);
    default:
      throw invalid('url_invalid', `Unrecognized request URL (${method}: ${place}).`, undefined, 404);
  }
}

/** With the payment itself in place of its id, where that is wanted. */
function expanded(session: Session, intents: Intents, query: URLSearchParams): object {
  const { payment_intent: id } = session;
  const wanted = [...query].some(([name, one]) => name.startsWith('expand') && one === 'payment_intent');
  return wanted && id !== null ? { ...session, payment_intent: intents.read(id) } : session;
}

/** By pages, of those that were created in time. */
function listed<T extends { id: string; created: number }>(
  all: T[],
  query: URLSearchParams,
  url: string,
): object {
  const from = wholeOf(query, 'created[gte]', 0);
  const to = wholeOf(query, 'created[lte]', Number.MAX_SAFE_INTEGER);
  const limit = limitOf(query);
  const inTime = all.filter(({ created }) => created >= from && created <= to);
  const after = query.get('starting_after');
  const last = after === null ? -1 : inTime.findIndex(({ id }) => id === after);
  if (after !== null && last < 0) throw invalid('resource_missing', 'No such object.', 'starting_after');
  const start = last + 1;
  const has_more = inTime.length > start + limit;
  return { object: 'list', url, has_more, data: inTime.slice(start, start + limit) };
}

/** `metadata['name']:'value'`, as much of the query language as we use. */
function searched(intents: Intents, query: URLSearchParams, url: string): object {
  const [, name = '', text] =
    /^metadata\['([^']+)'\]:'((?:[^'\\]|\\.)*)'$/.exec(query.get('query') ?? '') ?? [];
  if (text === undefined)
    throw invalid('parameter_invalid_string', 'The sandbox searches metadata only.', 'query');
  const value = text.replaceAll(/\\(.)/g, '$1');
  const found = intents.all().filter(({ metadata }) => metadata[name] === value);
  const limit = limitOf(query);
  const page = { has_more: found.length > limit, next_page: null, data: found.slice(0, limit) };
  return { object: 'search_result', url, ...page };
}

/** Stripe, "Pagination": 1 to 100, by default 10. */
function limitOf(query: URLSearchParams): number {
  const limit = wholeOf(query, 'limit', 10);
  if (limit >= 1 && limit <= 100) return limit;
  throw invalid('parameter_invalid_integer', 'limit is from 1 to 100.', 'limit');
}

function wholeOf(query: URLSearchParams, param: string, otherwise: number): number {
  const text = query.get(param);
  if (text === null) return otherwise;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalid('parameter_invalid_integer', `Invalid integer: ${param}.`, param);
}
