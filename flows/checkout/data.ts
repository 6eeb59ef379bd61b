import * as z from 'zod';
import { hidden, initial, type Mask, type Personal } from '../../core/personal.ts';

/** An order has at most so many different goods: each is an item of its transaction, which has at most 100. */
export const MAX_GOODS = 20;
/** So many lines are read before equal goods are merged. */
const MAX_LINES = 100;
const MAX_QUANTITY = 10_000;
/** Stripe takes amounts of up to eight digits, in minor units. */
export const MAX_TOTAL = 99_999_999;

export const sku = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be the name of a good, such as mug');

/** Pieces. */
export const quantity = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(MAX_QUANTITY, `must be at most ${MAX_QUANTITY}`);

/** What is ordered, equal goods merged. */
const lines = z
  .array(z.strictObject({ sku, quantity }))
  .min(1, 'must name at least one good')
  .max(MAX_LINES, `may have ${MAX_LINES} lines at the most`)
  .transform((all) => {
    const merged = new Map<string, number>();
    for (const line of all) merged.set(line.sku, (merged.get(line.sku) ?? 0) + line.quantity);
    return [...merged].map(([name, pieces]) => ({ sku: name, quantity: pieces }));
  })
  .refine((goods) => goods.every((good) => good.quantity <= MAX_QUANTITY), {
    message: `may have ${MAX_QUANTITY} pieces of one good at the most`,
  })
  .refine((goods) => goods.length <= MAX_GOODS, `may name ${MAX_GOODS} different goods at the most`);

/** RFC 5321 allows no longer one. */
const MAX_EMAIL = 254;

/** What an order is asked for with. */
export const checkoutOrder = z.strictObject({ items: lines, email: z.email().max(MAX_EMAIL) });

/** One good of an order; `price` in minor units, as it was when the order was placed. */
export const orderItem = z.strictObject({ sku: z.string(), quantity: z.int(), price: z.int() });

export const orderItems = z.array(orderItem).max(MAX_GOODS);

export type OrderItem = z.infer<typeof orderItem>;

/** Minor units. */
const total = z.strictObject({ value: z.int(), currency: z.string() });

/** Once its goods are set apart. */
export const reserved = z.looseObject({
  items: orderItems,
  total,
  email: z.string(),
  /** The request for a session that has been made: what of it would be another one now. */
  creation: z.strictObject({ effectId: z.string(), expiresAt: z.string(), returnUrl: z.string() }).optional(),
  /** How long until somebody is asked (again). */
  waitSeconds: z.int().optional(),
});

/** Goods that are set apart, or sold. */
export const withItems = z.looseObject({ items: orderItems });

/** Once there is a page to pay at. */
export const payable = z.looseObject({ session: z.string(), waitSeconds: z.int() });

/** That the customer has paid: the session, and the provider's id of the money where it tells that. */
export const paidPayload = z.strictObject({ session: z.string(), payment: z.string().exactOptional() });

/** Once it is commanded to the warehouse: by which effect, until when it is sent, how often it was asked for. */
export const commanded = z.looseObject({
  items: orderItems,
  command: z.strictObject({ effectId: z.string(), notAfter: z.string() }),
  asked: z.int(),
});

/** What a refund takes. */
export const refundable = z.looseObject({
  total,
  paid: paidPayload.optional(),
  refund: z.strictObject({ effectId: z.string(), at: z.string() }).optional(),
  waitSeconds: z.int().optional(),
});

/** The first letters of the name and of the domain: a domain may be named after its only user. */
const maskEmail: Mask = (email) => {
  const [, name = '', domain = '', top = ''] = /^(.+)@(.+)(\.[^.]*)$/s.exec(email) ?? [];
  return `${initial(name)}@${initial(domain)}${top}`;
};

/** Whoever opens the provider's page sees whose it is, and may pay. */
export const personal: Personal = { email: maskEmail, paymentUrl: hidden };

export const secondsAfter = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();
