/** Stripe PaymentIntents with manual capture, through Stripe's own library. */
import Stripe from 'stripe';
import type {
  CardGateway,
  GatewayAnswer,
  GatewayCall,
  GatewayFinding,
  GatewayRequest,
  Money,
} from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import { answerOf, type StripeFailure } from './errors.ts';

export interface StripeOptions {
  /** The secret key; asked for at each request, so that a new one is used as soon as it is there. */
  apiKey: () => Promise<string>;
  /** Where the API is, such as `http://127.0.0.1:12111`; by default Stripe's own address. */
  url?: string;
  /** Per request, in ms: shorter than the relay's time-out for a call. */
  timeoutMs?: number;
  /** In place of the network. */
  httpClient?: Stripe.HttpClient;
}

/** The metadata by which a payment is found again. */
const PAYMENT = 'detent_payment';
const KEY = 'detent_key';

/** The clock of the gateway may be behind ours by so much, in s. */
const SKEW_SECONDS = 60;
const PAGE = 100;
/** More payments than this since the request, and a look through them would not end in the time of a call. */
const MAX_PAGES = 30;

export function createStripeGateway(options: StripeOptions): CardGateway {
  const clientOf = remembering((apiKey: string) => new Stripe(apiKey, configOf(options)));
  const client = async () => clientOf(await options.apiKey());

  return {
    async send(request, call) {
      const stripe = await client();
      try {
        return await sent(stripe, request, call);
      } catch (error) {
        return afterwards(request, error as StripeFailure) ?? answerOf(error);
      }
    },
    async find(request, since, call) {
      const stripe = await client();
      try {
        return await found(stripe, request, since, call);
      } catch (error) {
        throw isEffectError(error) ? error : new EffectError('transient', unanswered(error));
      }
    },
  };
}

/** The library's settings: no retries of its own, since ours know more; nothing told to anybody. */
function configOf({ url, timeoutMs = 8_000, httpClient }: StripeOptions): Stripe.StripeConfig {
  const { hostname: host = '', port = '', protocol = '' } = url === undefined ? {} : new URL(url);
  return {
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
    ...(httpClient && { httpClient }),
    ...(url !== undefined && {
      host,
      protocol: protocol === 'http:' ? 'http' : 'https',
      ...(port && { port: Number(port) }),
    }),
  };
}

/** The last result, as long as the argument stays the same. */
function remembering<T>(make: (argument: string) => T): (argument: string) => T {
  let last: { argument: string; made: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, made: make(argument) };
    return last.made;
  };
}

async function sent(
  stripe: Stripe,
  request: GatewayRequest,
  { paymentId, key }: GatewayCall,
): Promise<GatewayAnswer> {
  const options = { idempotencyKey: key };
  const metadata = { [PAYMENT]: paymentId, [KEY]: key };
  switch (request.do) {
    case 'authorize': {
      const { amount, paymentMethod, merchant } = request;
      const intent = await stripe.paymentIntents.create(
        {
          amount: amount.value,
          currency: amount.currency.toLowerCase(),
          payment_method: paymentMethod,
          allowed_payment_method_types: ['card'],
          capture_method: 'manual',
          confirm: true,
          // Nobody is there who could be asked for more.
          error_on_requires_action: true,
          metadata: { ...metadata, merchant },
        },
        options,
      );
      return authorized(intent);
    }
    case 'capture': {
      const { id } = await stripe.paymentIntents.capture(
        request.authorization,
        { amount_to_capture: request.amount.value },
        options,
      );
      return { status: 'done', authorization: id };
    }
    case 'void': {
      const { id } = await stripe.paymentIntents.cancel(request.authorization, {}, options);
      return { status: 'done', authorization: id };
    }
    case 'reverse': {
      const { authorization: payment_intent, amount } = request;
      const refund = await stripe.refunds.create({ payment_intent, amount: amount.value, metadata }, options);
      return refunded(refund, payment_intent);
    }
  }
}

/** An error that tells the state of the hold: perhaps what was asked for is the case already, or never can be. */
function afterwards(
  request: GatewayRequest,
  { code, payment_intent: intent }: StripeFailure,
): GatewayAnswer | undefined {
  if (code !== 'payment_intent_unexpected_state' || !intent) return undefined;
  const authorization = intent.id ?? '';
  if (request.do === 'void' && intent.status === 'canceled') return { status: 'done', authorization };
  if (request.do !== 'capture') return undefined;
  if (intent.status === 'canceled') return { status: 'refused', code: EXPIRED };
  const same = intent.status === 'succeeded' && intent.amount_received === request.amount.value;
  return same ? { status: 'done', authorization } : undefined;
}

/** The gateway lets go of a hold after a week, or whoever holds the account has. */
const EXPIRED = 'authorization-expired';

function authorized({ id, status, last_payment_error: error }: Stripe.PaymentIntent): GatewayAnswer {
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return { status: 'done', authorization: id };
    case 'processing':
      return { status: 'undecided' };
    default:
      return { status: 'refused', code: error?.decline_code ?? error?.code ?? status };
  }
}

function refunded({ status, failure_reason: reason }: Stripe.Refund, authorization: string): GatewayAnswer {
  if (status === 'succeeded') return { status: 'done', authorization };
  if (status === 'failed' || status === 'canceled')
    return { status: 'refused', code: reason ?? `refund-${status}` };
  return { status: 'undecided' };
}

async function found(
  stripe: Stripe,
  request: GatewayRequest,
  since: string,
  { paymentId, signal }: Omit<GatewayCall, 'key'>,
): Promise<GatewayFinding> {
  if (request.do === 'authorize') return foundHold(stripe, paymentId, since, signal);
  const { authorization } = request;
  if (request.do === 'reverse') {
    const refunds = await stripe.refunds.list({ payment_intent: authorization, limit: PAGE });
    const own = refunds.data.find(({ metadata }) => metadata?.[PAYMENT] === paymentId);
    return own ? (refunded(own, authorization) as GatewayFinding) : { status: 'nothing' };
  }
  const { status, amount_received } = await stripe.paymentIntents.retrieve(authorization);
  if (status === 'requires_capture') return { status: 'nothing' };
  if (request.do === 'void')
    return status === 'canceled'
      ? { status: 'done', authorization }
      : { status: 'refused', code: 'captured' };
  if (status === 'canceled') return { status: 'refused', code: EXPIRED };
  return status === 'succeeded'
    ? taken(request.amount, amount_received, authorization)
    : { status: 'undecided' };
}

const taken = (wanted: Money, received: number, authorization: string): GatewayFinding =>
  wanted.value === received
    ? { status: 'done', authorization }
    : { status: 'refused', code: 'captured-otherwise' };

/**
 * The search is quick and lags behind; only the list of everything since the request proves that there is nothing (Stripe,
 * "Search": not for read-after-write).
 *
 * @throws EffectError `transient` where the list does not end in time.
 */
async function foundHold(
  stripe: Stripe,
  paymentId: string,
  since: string,
  signal: AbortSignal,
): Promise<GatewayFinding> {
  const { data } = await stripe.paymentIntents.search({ query: `metadata['${PAYMENT}']:'${paymentId}'` });
  if (data.length > 0) return best(data);
  const gte = Math.floor(Date.parse(since) / 1000) - SKEW_SECONDS;
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES && !signal.aborted; pages++) {
    const page = await stripe.paymentIntents.list({
      created: { gte },
      limit: PAGE,
      ...(after !== undefined && { starting_after: after }),
    });
    const own = page.data.filter(({ metadata }) => metadata[PAYMENT] === paymentId);
    if (own.length > 0) return best(own);
    if (!page.has_more) return { status: 'nothing' };
    after = page.data.at(-1)?.id;
  }
  throw new EffectError('transient', 'not-proved');
}

/** Of several, the one that holds money. */
function best(intents: Stripe.PaymentIntent[]): GatewayFinding {
  const answers = intents.map(authorized);
  const chosen =
    answers.find(({ status }) => status === 'done') ??
    answers.find(({ status }) => status === 'undecided') ??
    answers[0];
  return chosen as GatewayFinding;
}

const isEffectError = (error: unknown): error is EffectError =>
  typeof error === 'object' && error !== null && 'failure' in error;

/** Why there was no answer, in a word. */
function unanswered(error: unknown): string {
  const { type, statusCode } = error as StripeFailure;
  return statusCode === undefined ? (type ?? 'unknown') : `gateway-${statusCode}`;
}
