import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { alarm } from '../../../core/alarm.ts';
import { commanded } from '../data.ts';
import type { CheckoutSettings } from '../settings.ts';
import { piecesOf } from './send-fulfilment-command.ts';

/** Asks what became of the order, so many times; then a person is asked: the goods may be under way. */
export const askWarehouse = (settings: CheckoutSettings) =>
  defineAction({
    name: 'AskWarehouse',
    outcomes: ['WarehouseAsked', 'WarehouseSilent'],
    data: commanded,
    payload: z.looseObject({}),
    run({ data }) {
      const { command, items, asked } = data;
      if (asked >= settings.inquiries)
        return { outcome: 'WarehouseSilent', effects: [alarm('WarehouseSilent')] };
      return {
        outcome: 'WarehouseAsked',
        data: { ...data, asked: asked + 1 },
        effects: [
          {
            kind: 'fulfilment.inquire',
            command: command.effectId,
            items: piecesOf(items),
            notAfter: command.notAfter,
          },
        ],
      };
    },
  });
