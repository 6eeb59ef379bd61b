/** Finds out by what Stripe holds what became of a request. */
import type Stripe from 'stripe';
import type { GatewayAnswer, GatewayFinding, GatewayRequest } from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import { meaningOf } from './errors.ts';
import { authorized, best, refunded, settled } from './hold.ts';

/** The metadata by which a payment is found again, and the key of the request that made it. */
export const PAYMENT = 'detent_payment';
export const KEY = 'detent_key';

/** The clock of the gateway may be behind ours by so much, in s: a list that begins too late proves nothing. */
const SKEW_SECONDS = 3_600;
/** The most that Stripe gives at once. */
const PAGE = 100;
/** More than this, and a look through them would not end in the time of a call. */
const MAX_PAGES = 8;
/** By then the search knows what was made at the time of the request: it lags by a minute, after an outage by hours. */
const SEARCHABLE_MS = 86_400_000;

export interface LookUp {
  request: GatewayRequest;
  paymentId: string;
  /** ISO 8601 UTC: the request was not made before, and it is asked now. */
  since: string;
  now: string;
  signal: AbortSignal;
}

/** @throws EffectError `transient` where it is not proved; errors of the library as they are. */
export async function lookUp(stripe: Stripe, about: LookUp): Promise<GatewayFinding> {
  const { request, paymentId, signal } = about;
  if (request.do === 'authorize') return holdOf(stripe, about);
  stillWanted(signal);
  const { authorization } = request;
  if (request.do !== 'reverse') return settled(request, await stripe.paymentIntents.retrieve(authorization));
  const own = await among(
    refunds(stripe, authorization, signal),
    ({ metadata }) => metadata?.[PAYMENT] === paymentId,
    (refund) => refunded(refund, authorization),
  );
  return best(own);
}

/**
 * Where nothing is left to give back: whether that is because all that is wanted has gone back, whoever asked for it (a person, in
 * Stripe's dashboard).
 */
export async function refundedBefore(
  stripe: Stripe,
  { authorization, amount }: Extract<GatewayRequest, { do: 'reverse' }>,
  { signal, isReplayed }: { signal: AbortSignal; isReplayed: boolean },
): Promise<GatewayAnswer> {
  const all: Stripe.Refund[] = [];
  for await (const page of refunds(stripe, authorization, signal)) all.push(...page);
  /** What has gone back, or may yet, in minor units. */
  const back = (...found: GatewayFinding['status'][]) =>
    all
      .filter((refund) => found.includes(refunded(refund, authorization).status))
      .reduce((sum, refund) => sum + refund.amount, 0);
  if (back('done') >= amount.value) return { status: 'done', authorization };
  if (back('done', 'undecided') >= amount.value) return { status: 'undecided' };
  // What was true when the gateway first said it: since then a refund may have failed, and the money be there again.
  return isReplayed ? { status: 'stored-error' } : { status: 'refused', code: 'refunded-otherwise' };
}

const refunds = (stripe: Stripe, payment_intent: string, signal: AbortSignal) =>
  pages(signal, (from) => stripe.refunds.list({ payment_intent, limit: PAGE, ...from }));

/**
 * The search is quick and lags behind (Stripe, "Search": not for read-after-write): what it finds is read afresh, and what it does
 * not find says nothing. The list of everything since the request proves that there is nothing. Where that is too long to be
 * read, a payment would never end: then the search is believed, a day after the request.
 */
async function holdOf(stripe: Stripe, about: LookUp): Promise<GatewayFinding> {
  const { paymentId, since, now, signal } = about;
  const known: GatewayFinding[] = [];
  const hits = await searched(stripe, about);
  for (const id of hits ?? []) {
    stillWanted(signal);
    known.push(authorized(await stripe.paymentIntents.retrieve(id)));
  }
  if (known.length > 0) return best(known);
  const created = { gte: Math.floor(Date.parse(since) / 1000) - SKEW_SECONDS };
  const all = pages(signal, (from) => stripe.paymentIntents.list({ created, limit: PAGE, ...from }));
  try {
    return best(await among(all, ({ metadata }) => metadata[PAYMENT] === paymentId, authorized));
  } catch (error) {
    const isSearchable = hits !== undefined && Date.parse(now) - Date.parse(since) >= SEARCHABLE_MS;
    if (isSearchable && error instanceof TooMany) return { status: 'nothing' };
    throw error;
  }
}

/** Ids of intents; undefined where the account has no search. */
async function searched(stripe: Stripe, { paymentId, signal }: LookUp): Promise<string[] | undefined> {
  stillWanted(signal);
  const value = paymentId.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  try {
    const { data } = await stripe.paymentIntents.search({ query: `metadata['${PAYMENT}']:'${value}'` });
    return data.map(({ id }) => id);
  } catch (error) {
    if (meaningOf(error).means === 'refused') return undefined;
    throw error;
  }
}

/** What those say that are ours; no further than to the first that is done. */
async function among<T>(
  all: AsyncIterable<T[]>,
  isOurs: (one: T) => boolean,
  judge: (one: T) => GatewayFinding,
): Promise<GatewayFinding[]> {
  const own: GatewayFinding[] = [];
  for await (const page of all) {
    own.push(...page.filter(isOurs).map(judge));
    if (own.some(({ status }) => status === 'done')) break;
  }
  return own;
}

type Page<T> = { data: T[]; has_more: boolean };

/** @throws EffectError `transient` where the end is not reached. */
async function* pages<T extends { id: string }>(
  signal: AbortSignal,
  list: (from: { starting_after?: string }) => Promise<Page<T>>,
): AsyncGenerator<T[]> {
  let from: { starting_after?: string } = {};
  for (let n = 0; n < MAX_PAGES; n++) {
    stillWanted(signal);
    const { data, has_more } = await list(from);
    yield data;
    const last = data.at(-1);
    if (!has_more || !last) return;
    from = { starting_after: last.id };
  }
  throw new TooMany();
}

function stillWanted(signal: AbortSignal): void {
  if (signal.aborted) throw notProved();
}

const notProved = () => new EffectError('transient', 'not-proved');

/** The list has more pages than can be read in one call. */
class TooMany extends EffectError {
  constructor() {
    super('transient', 'not-proved');
  }
}
