/** Stripe PaymentIntents with manual capture, through Stripe's own library. */
import type Stripe from 'stripe';
import type { CardGateway, GatewayAnswer, GatewayCall, GatewayRequest } from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import { accountOf, expected, isEffectError, looked, type StripeOptions } from './account.ts';
import { answerOf, type StripeFailure } from './errors.ts';
import { authorized, refunded, settled } from './hold.ts';
import { KEY, lookUp, PAYMENT, refundedBefore } from './look-up.ts';

/** A card gateway that asks Stripe. Amounts go there as they are, in minor units; currencies in small letters. */
export function createStripeGateway(options: StripeOptions): CardGateway {
  const client = accountOf(options);
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
