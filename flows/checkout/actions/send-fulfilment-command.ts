import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { secondsAfter, withItems } from '../data.ts';
import type { CheckoutSettings } from '../settings.ts';

/**
 * Commands the order to the warehouse. When the last time to ask for it has passed, nobody waits for it any more: then it is not sent
 * either.
 */
export const sendFulfilmentCommand = (settings: CheckoutSettings) =>
  defineAction({
    name: 'SendFulfilmentCommand',
    outcomes: ['FulfilmentCommanded'],
    data: withItems,
    payload: z.looseObject({}),
    run({ data, now, effectId }) {
      const notAfter = secondsAfter(now, settings.fulfilmentSeconds * (settings.inquiries + 1));
      const command = { effectId: effectId(1), notAfter };
      return {
        outcome: 'FulfilmentCommanded',
        data: { ...data, command, asked: 0 },
        effects: [{ kind: 'fulfilment.command', items: piecesOf(data.items), notAfter }],
      };
    },
  });

/** What the warehouse has to know of the goods. */
export const piecesOf = (items: readonly { sku: string; quantity: number }[]) =>
  items.map(({ sku, quantity }) => ({ sku, quantity }));
