import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { waiting } from '../data.ts';
import { forgottenAt } from '../requests.ts';
import type { PaymentSettings } from '../settings.ts';

/**
 * Asks what became of the request under way. Inquiries share a key for as long as it is to be relied on: two of them that come to
 * the conclusion to make the request anew make it once.
 */
export const askGateway = (settings: PaymentSettings) =>
  defineAction({
    name: 'AskGateway',
    outcomes: ['GatewayAsked'],
    data: waiting,
    payload: z.looseObject({}),
    run({ data, now, effectId }) {
      const { request, sent } = data;
      const isKept = data.inquiry && forgottenAt(data.inquiry, settings) > now;
      const earlier = isKept ? data.inquiry : undefined;
      const inquiry = earlier ?? { effectId: effectId(1), at: now };
      const waitSeconds = Math.min(2 * data.waitSeconds, settings.longestInquireSeconds);
      return {
        outcome: 'GatewayAsked',
        data: { ...data, inquiry, waitSeconds },
        effects: [
          {
            ...{ kind: 'payment.inquire', request, sent, inquiry },
            notAfter: forgottenAt(inquiry, settings),
            ...(earlier && { repeats: earlier.effectId }),
          },
        ],
      };
    },
  });
