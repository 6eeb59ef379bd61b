/** Performs what an order asks of the warehouse, and says what the warehouse may answer. docs/checkout.md describes the messages. */
import * as z from 'zod';
import { EffectError } from '../../core/errors.ts';
import type { EffectExecutor, QueueSender } from '../../core/ports.ts';
import type { Effect, JsonObject } from '../../core/types.ts';

/**
 * What the warehouse is told. `id` names the order to it: whatever comes under an id that it has handled is a double, which it drops.
 * `again`: it was told before, and has not answered; it answers (again) as soon as it can, and what it never got it now has.
 */
export interface FulfilmentCommand {
  id: string;
  type: 'FulfilOrder';
  flow: string;
  flowId: string;
  items: { sku: string; quantity: number }[];
  /** ISO 8601 UTC: from then on it must not be taken any more. Nobody waits for it, and the money may go back. */
  notAfter: string;
  again?: true;
}

const effectSchema = z.looseObject({
  items: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })),
  notAfter: z.string(),
  /** The effect that first told it. */
  command: z.string().optional(),
});

/** By kind of effect: `fulfilment.command`, and `fulfilment.inquire` for one that was not answered. */
export function fulfilmentExecutors(warehouse: QueueSender): { [kind: string]: EffectExecutor } {
  const send: EffectExecutor['perform'] = async (effect, { flow, flowId, signal }) => {
    const { items, notAfter, command } = read(effect);
    const body: FulfilmentCommand = {
      ...{ id: command ?? effect.id, type: 'FulfilOrder', flow, flowId, items, notAfter },
      ...(command !== undefined && { again: true }),
    };
    const { receipt } = await warehouse.send({ id: effect.id, body: body as unknown as JsonObject, signal });
    return { done: true, receipt };
  };
  return {
    'fulfilment.command': {
      // It is paid for: unless the queue says no for good, it goes out.
      persistent: true,
      unkeyed: true,
      perform: send,
      failure: (_effect, { failure, message: code }) =>
        failure === 'permanent' ? { type: 'CommandSendingFailed', payload: { code } } : undefined,
    },
    'fulfilment.inquire': { unkeyed: true, perform: send, failure: () => undefined },
  };
}

/** What other systems may tell of an order: the warehouse, and the person who has looked. */
export const fulfilmentReports: readonly string[] = ['OrderFulfilled', 'FulfilmentRejected'];

function read(effect: Effect): z.infer<typeof effectSchema> {
  const parsed = effectSchema.safeParse(effect);
  if (parsed.success) return parsed.data;
  throw new EffectError('permanent', 'no-request');
}
