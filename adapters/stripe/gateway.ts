/** Stripe PaymentIntents with manual capture, through Stripe's own library. */
import type Stripe from 'stripe';
import type { CardGateway, GatewayAnswer, GatewayCall, GatewayRequest } from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import { stripeClient } from './client.ts';
import { answerOf, meaningOf, type StripeFailure } from './errors.ts';
import { authorized, refunded, settled } from './hold.ts';
import { KEY, lookUp, PAYMENT, refundedBefore } from './look-up.ts';

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

/** A card gateway that asks Stripe. Amounts go there as they are, in minor units; currencies in small letters. */
export function createStripeGateway({ apiKey, timeoutMs = 8_000, ...where }: StripeOptions): CardGateway {
  const clientOf = remembering((key: string) => stripeClient(key, { timeoutMs, ...where }));
  const client = async () => {
    // Keys come out of files, with the end of a line.
    const key = (await apiKey()).trim();
    // No header could carry it: nothing would be sent, and the error would not say so.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new EffectError('transient', 'authentication');
    return clientOf(key);
  };

  return {
    async send(request, call) {
      const stripe = await client();
      if (call.signal.aborted) throw new EffectError('transient', 'aborted');
      try {
        return await sent(stripe, request, call);
      } catch (error) {
        if (isEffectError(error)) throw error;
        const { code, headers } = error as StripeFailure;
        if (request.do === 'reverse' && code === 'charge_already_refunded') {
          const isReplayed = headers?.['idempotent-replayed'] === 'true';
          return looked(() => refundedBefore(stripe, request, { signal: call.signal, isReplayed }));
        }
        return alreadySo(request, error as StripeFailure) ?? answerOf(error);
      }
    },
    async find(request, since, call) {
      const stripe = await client();
      return looked(() => lookUp(stripe, { request, since, ...call }));
    },
  };
}

/** @throws EffectError `transient` where there is no answer: a look changes nothing. */
async function looked<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isEffectError(error)) throw error;
    throw new EffectError('transient', meaningOf(error).word);
  }
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
          // By default the account's settings say which types there are, and some of them lead the customer to another page.
          allowed_payment_method_types: ['card'],
          capture_method: 'manual',
          confirm: true,
          // Nobody is there who could be asked for more.
          error_on_requires_action: true,
          metadata: { ...metadata, merchant },
        },
        options,
      );
      return authorized(expected('payment_intent', intent)) as GatewayAnswer;
    }
    case 'capture': {
      const { authorization, amount } = request;
      const parameters = { amount_to_capture: amount.value };
      return now(request, await stripe.paymentIntents.capture(authorization, parameters, options));
    }
    case 'void': {
      return now(request, await stripe.paymentIntents.cancel(request.authorization, {}, options));
    }
    case 'reverse': {
      const { authorization: payment_intent, amount } = request;
      const refund = await stripe.refunds.create({ payment_intent, amount: amount.value, metadata }, options);
      return refunded(expected('refund', refund), payment_intent);
    }
  }
}

/**
 * The library takes whatever has no `error` in it for an answer, whatever its status: that of a proxy on the way, too.
 *
 * @throws EffectError `ambiguous` for what is none of Stripe's.
 */
function expected<T extends { object: string }>(object: T['object'], answer: T): T {
  if (answer.object !== object) throw new EffectError('ambiguous', 'foreign-answer');
  return answer;
}

/** What the hold is after a change says whether it was made. */
function now(
  request: Extract<GatewayRequest, { do: 'capture' | 'void' }>,
  intent: Stripe.PaymentIntent,
): GatewayAnswer {
  const finding = settled(request, expected('payment_intent', intent));
  if (finding.status === 'nothing') throw new EffectError('ambiguous', 'unchanged');
  return finding;
}

/** An error that tells the state of the hold: perhaps what was asked for is the case already, or never can be. */
function alreadySo(
  request: GatewayRequest,
  { code, payment_intent: intent }: StripeFailure,
): GatewayAnswer | undefined {
  if (code !== 'payment_intent_unexpected_state' || !intent) return undefined;
  const refused = { status: 'refused', code } as const;
  if (request.do !== 'capture' && request.do !== 'void') return refused;
  const finding = settled(request, intent);
  return finding.status === 'nothing' ? refused : finding;
}

const isEffectError = (error: unknown): error is EffectError =>
  typeof error === 'object' && error !== null && 'failure' in error;
