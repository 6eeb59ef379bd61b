/** Performs the effects of a payment at a card gateway. */
import type { CardGateway, GatewayAnswer, GatewayRequest } from '../../core/card-gateway.ts';
import { EffectError } from '../../core/errors.ts';
import { recordKey } from '../../core/flow.ts';
import { recordOf } from '../../core/persistence.ts';
import type { EffectExecutor, Performed, Table } from '../../core/ports.ts';
import type { Effect } from '../../core/types.ts';
import { eventsOf } from './answers.ts';
import { gatewayRequest, waiting } from './data.ts';
import { closedAt, forgottenAt } from './requests.ts';
import type { PaymentSettings } from './settings.ts';

/** By kind of effect: `payment.authorize`, `.capture`, `.void`, `.reverse`, and `.inquire` for what is still open. */
export function gatewayExecutors(
  gateway: CardGateway,
  settings: PaymentSettings,
  table: Pick<Table, 'read'>,
): { [kind: string]: EffectExecutor } {
  const request: EffectExecutor = {
    async perform(effect, { flowId, key, signal }) {
      const wanted = requestOf(effect);
      return told(wanted, await gateway.send(wanted, { paymentId: flowId, key, signal }));
    },
    // That it did not happen is the gateway's to say: as long as it has not, a deadline inquires.
    failure: (effect, { failure, message }) =>
      failure === 'permanent' ? event(requestOf(effect), { status: 'refused', code: message }) : undefined,
  };
  const requests = Object.keys(eventsOf).map((what) => [`payment.${what}`, request]);
  return { ...Object.fromEntries(requests), 'payment.inquire': inquiry(gateway, settings, table) };
}

/** So many keys of one inquiry may have come to an error that the gateway keeps, before it is left to the next one. */
const MOST_KEYS = 20;

/**
 * Finds out what became of a request without ever making it twice: the first request again under its own key, which the gateway
 * answers as it did before, as long as it remembers the key. Where that decides nothing, by what the gateway holds; and only where
 * that proves that nothing was done, the request anew under the key of the inquiry. Where that key has come to an error as well, there
 * is a next one, the same for all inquiries, and nothing is made under it without a proof of its own.
 *
 * Where a key grows old, there is a minute in which nothing is sent before the next one: what went out under it is over by then. Where
 * it has come to an error that is kept, nothing more can come of it, and the next one is used at once.
 *
 * Nothing is made anew for a payment that has its answer meanwhile: after a no nobody wants it any more.
 */
function inquiry(
  gateway: CardGateway,
  settings: PaymentSettings,
  table: Pick<Table, 'read'>,
): EffectExecutor {
  return {
    async perform(effect, { flow, flowId, key, now, signal }) {
      const wanted = requestOf(effect);
      const { sent, inquiry } = effect as unknown as Inquiry;
      const call = { paymentId: flowId, signal };
      const isOpen = closedAt(sent, settings) > now;
      const again = isOpen ? await gateway.send(wanted, { ...call, key: sent.effectId }) : undefined;
      if (again?.status === 'done' || again?.status === 'refused') return told(wanted, again);
      for (let n = 1; n <= MOST_KEYS && !signal.aborted; n++) {
        const found = await gateway.find(wanted, sent.at, { ...call, now });
        if (found.status !== 'nothing') return told(wanted, found);
        // What has been taken is not made anew, whether it is to be found or not.
        if (again?.status === 'undecided') return told(wanted, again);
        const isOver = again !== undefined || forgottenAt(sent, settings) <= now;
        if (!isOver || closedAt(inquiry, settings) <= now) return undecided;
        if (!(await stillAsks(table, flow, flowId, sent))) return undecided;
        const anew = await gateway.send(wanted, { ...call, key: n === 1 ? key : `${key}/${n}` });
        if (anew.status !== 'stored-error') return told(wanted, anew);
      }
      throw new EffectError('ambiguous', 'stored-error');
    },
    failure: () => undefined,
  };
}

/** Whether the payment still waits for the answer to this request. */
async function stillAsks(
  table: Pick<Table, 'read'>,
  flow: string,
  flowId: string,
  { effectId }: Inquiry['sent'],
): Promise<boolean> {
  const item = await table.read(recordKey(flow, flowId));
  const data = waiting.safeParse(item && recordOf(item).data);
  return data.success && data.data.sent.effectId === effectId;
}

/** What an inquiry carries: the effects that first used the key of the request, and that of the inquiries. */
interface Inquiry {
  sent: { effectId: string; at: string };
  inquiry: { effectId: string; at: string };
}

/** No event: the deadline comes again. */
const undecided: Performed = { done: true };

/** @throws EffectError `permanent` for an effect that no action of the payment has asked for. */
function requestOf(effect: Effect): GatewayRequest {
  const parsed = gatewayRequest.safeParse(effect['request']);
  if (parsed.success) return parsed.data;
  throw new EffectError('permanent', 'no-request');
}

function told(request: GatewayRequest, answer: GatewayAnswer): Performed {
  if (answer.status === 'stored-error') throw new EffectError('ambiguous', answer.status);
  if (answer.status === 'undecided') return undecided;
  return { event: event(request, answer) };
}

function event(request: GatewayRequest, answer: Extract<GatewayAnswer, { status: 'done' | 'refused' }>) {
  const type = eventsOf[request.do][answer.status];
  const payload = answer.status === 'done' ? { authorization: answer.authorization } : { code: answer.code };
  return { type, payload };
}
