import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { waiting } from '../data.ts';
import { secondsAfter } from '../requests.ts';
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
      const until = ({ at }: { at: string }) => secondsAfter(at, settings.keySeconds);
      const earlier = data.inquiry && until(data.inquiry) > now ? data.inquiry : undefined;
      const inquiry = earlier ?? { effectId: effectId(1), at: now };
      const waitSeconds = Math.min(2 * data.waitSeconds, settings.longestInquireSeconds);
      return {
        outcome: 'GatewayAsked',
        data: { ...data, inquiry, waitSeconds },
        effects: [
          {
            ...{ kind: 'payment.inquire', request, sent, notAfter: until(inquiry) },
            ...(earlier && { repeats: earlier.effectId }),
          },
        ],
      };
    },
  });
