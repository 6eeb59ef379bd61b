/** Performs what an order asks of the payment provider: a page to pay at, and the money back. */
import * as z from 'zod';
import type { CardGateway, GatewayFinding, GatewayRequest } from '../../core/card-gateway.ts';
import type { CheckoutProvider, SessionOrder } from '../../core/checkout-provider.ts';
import { EffectError } from '../../core/errors.ts';
import type { EffectContext, EffectExecutor, Performed } from '../../core/ports.ts';
import type { Effect } from '../../core/types.ts';
import { sessionEvent } from './answers.ts';
import { orderItems, paidPayload } from './data.ts';

const creation = z.looseObject({
  order: z.strictObject({
    items: orderItems,
    currency: z.string(),
    email: z.string(),
    expiresAt: z.string(),
    returnUrl: z.string(),
  }),
});
const about = z.looseObject({ session: z.string() });
const refund = z.looseObject({
  paid: paidPayload,
  amount: z.strictObject({ value: z.int(), currency: z.string() }),
  since: z.string(),
});

/** By kind of effect: `checkout.create-session`, `.expire-session`, `.inquire`, `.refund`. */
export function checkoutExecutors(
  provider: CheckoutProvider,
  gateway: CardGateway,
): { [kind: string]: EffectExecutor } {
  return {
    'checkout.create-session': {
      async perform(effect, { flowId: checkoutId, key, signal }) {
        const { order } = read(creation, effect);
        const answer = await provider.createSession(order as SessionOrder, { checkoutId, key, signal });
        if (answer.status === 'refused') return failed(answer.code);
        const { session, url } = answer;
        return { event: { type: 'PaymentSessionCreated', payload: { session, url } } };
      },
      // As long as it is open whether there is a page, the deadline asks again, under the same key.
      failure: (_effect, { failure, message }) =>
        failure === 'permanent' ? failed(message).event : undefined,
    },
    'checkout.expire-session': {
      // Whether the customer has paid is to be known, however long that takes.
      persistent: true,
      async perform(effect, { flowId: checkoutId, key, signal }) {
        const { session } = read(about, effect);
        const event = sessionEvent(
          session,
          await provider.expireSession(session, { checkoutId, key, signal }),
        );
        if (event) return { event };
        // Money on its way takes its time: days, where it is a bank transfer.
        throw new EffectError('transient', 'undecided', UNDECIDED_PAUSE_MS);
      },
      failure: () => undefined,
    },
    'checkout.inquire': {
      async perform(effect, { flowId: checkoutId, signal }) {
        const { session } = read(about, effect);
        const event = sessionEvent(session, await provider.readSession(session, { checkoutId, signal }));
        return event ? { event } : { done: true };
      },
      failure: () => undefined,
    },
    'checkout.refund': {
      perform: async (effect, context) => refunded(provider, gateway, read(refund, effect), context),
      failure: (_effect, { failure, message }) =>
        failure === 'permanent' ? { type: 'RefundDeclined', payload: { code: message } } : undefined,
    },
  };
}

const UNDECIDED_PAUSE_MS = 3_600_000;

const failed = (code: string) => ({ event: { type: 'PaymentSessionFailed', payload: { code } } });

/**
 * All of the money goes back or nothing, so no more can go back than came: the gateway takes no second refund of the same money,
 * under whatever key. What it has refused or kept as an error is looked up; a refund on its way is waited for.
 */
async function refunded(
  provider: CheckoutProvider,
  gateway: CardGateway,
  { paid, amount, since }: z.infer<typeof refund>,
  { flowId, key, now, signal }: EffectContext,
): Promise<Performed> {
  const authorization = paid.payment ?? (await paymentOf(provider, paid.session, { flowId, signal }));
  const request: GatewayRequest = { do: 'reverse', authorization, amount };
  const call = { paymentId: flowId, signal };
  const first = await gateway.send(request, { ...call, key });
  if (first.status === 'done') return refundEvent(first);
  // Also a no: under a key that the gateway has forgotten it may come after a yes whose answer was lost.
  const found = await gateway.find(request, since, { ...call, now });
  if (found.status === 'done' || found.status === 'refused') return refundEvent(found);
  if (first.status === 'refused') return found.status === 'nothing' ? refundEvent(first) : { done: true };
  if (first.status === 'undecided' || found.status === 'undecided') return { done: true };
  // The key has come to an error that the gateway keeps, and nothing was done under it.
  const anew = await gateway.send(request, { ...call, key: `${key}/2` });
  if (anew.status === 'stored-error') throw new EffectError('ambiguous', anew.status);
  return anew.status === 'undecided' ? { done: true } : refundEvent(anew);
}

function refundEvent(answer: Extract<GatewayFinding, { status: 'done' | 'refused' }>): Performed {
  return answer.status === 'done'
    ? { event: { type: 'RefundSucceeded', payload: {} } }
    : { event: { type: 'RefundDeclined', payload: { code: answer.code } } };
}

/** @throws EffectError `transient` where the provider does not say. */
async function paymentOf(
  provider: CheckoutProvider,
  session: string,
  { flowId: checkoutId, signal }: Pick<EffectContext, 'flowId' | 'signal'>,
): Promise<string> {
  const state = await provider.readSession(session, { checkoutId, signal });
  if (state.status === 'paid' && state.payment !== undefined) return state.payment;
  throw new EffectError('transient', 'no-payment');
}

/** @throws EffectError `permanent` for an effect that no action of the checkout has asked for. */
function read<T>(schema: z.ZodType<T>, effect: Effect): T {
  const parsed = schema.safeParse(effect);
  if (parsed.success) return parsed.data;
  throw new EffectError('permanent', 'no-request');
}
