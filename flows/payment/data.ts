import * as z from 'zod';
import type { Personal } from '../../core/personal.ts';
import { isCurrency } from './currencies.ts';
import { isPaymentMethod, maskPaymentMethod } from './payment-methods.ts';

/** Stripe takes amounts of up to eight digits. */
const MAX_VALUE = 99_999_999;

/** Whole minor units of an ISO 4217 currency. */
export const amountValue = z
  .int('must be a whole number of minor units: 1290 for 12.90')
  .min(1, 'must be at least 1')
  .max(MAX_VALUE, `must be at most ${MAX_VALUE}`);

/** What payments keep. In any currency: one that is taken no more must still be captured, released and given back. */
export const money = z.strictObject({ value: amountValue, currency: z.string().regex(/^[A-Z]{3}$/) });

/** What is asked for now. */
const newMoney = money.extend({
  currency: z
    .string()
    .refine(
      isCurrency,
      'must be the code of a currency in ISO 4217, such as EUR, that payments are taken in',
    ),
});

/** What a payment is asked for with. */
export const paymentOrder = z.strictObject({
  merchant: z
    .string()
    .min(1)
    .max(128)
    .refine(
      (name) => /^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]*$/u.test(name),
      'must be a name in printable characters',
    ),
  amount: newMoney,
  paymentMethod: z
    .string()
    .refine(isPaymentMethod, 'must be the id of a payment method, such as pm_card_visa'),
});

/** The same as payments keep it, whatever may be asked for by now. */
export const keptOrder = z.strictObject({ merchant: z.string(), amount: money, paymentMethod: z.string() });

export const gatewayRequest = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('authorize'), ...keptOrder.shape }),
  z.strictObject({ do: z.literal('capture'), authorization: z.string(), amount: money }),
  z.strictObject({ do: z.literal('void'), authorization: z.string() }),
  z.strictObject({ do: z.literal('reverse'), authorization: z.string(), amount: money }),
]);

/** An effect that carried a request, and when it was asked for. */
const sent = z.strictObject({ effectId: z.string(), at: z.string() });

/** While the gateway's word is waited for. */
export const waiting = z.looseObject({
  request: gatewayRequest,
  sent,
  /** The first inquiry of those that share a key. */
  inquiry: sent.optional(),
  /** How long until the gateway is asked (again). */
  waitSeconds: z.int(),
});

/** Once the gateway has said yes. `authorization` is its id of the hold. */
export const held = z.looseObject({ ...keptOrder.shape, authorization: z.string() });

/** Once money has moved. */
export const captured = held.extend({ captured: money });

/** A card is a person's, also where the gateway alone knows its number. */
export const personal: Personal = { paymentMethod: maskPaymentMethod };
