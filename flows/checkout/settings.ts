import * as z from 'zod';

/** Where customers go from the provider's page; `{checkoutId}` stands for the order. */
const returnUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://shop.example/orders/{checkoutId}',
});

/** Every figure of the checkout, with its default. Durations in seconds. */
export const checkoutSettingsSchema = z
  .strictObject({
    /** ISO 4217: what prices are in. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('EUR'),
    returnUrl: returnUrl.default('https://example.com/orders/{checkoutId}'),
    /** How long the provider's session is waited for before it is asked for again; that doubles up to the longest. */
    createSeconds: z.int().min(11).default(60),
    longestCreateSeconds: z.int().min(60).default(3_600),
    /** How long a session can be paid. Stripe takes 30 minutes to 24 hours from when it makes it, which may be a little later. */
    sessionSeconds: z.int().min(2_100).max(86_400).default(3_600),
    /** How long a payment is waited for before the provider is asked: longer than a session lives. That doubles, too. */
    paymentSeconds: z.int().min(2_160).default(3_900),
    longestPaymentSeconds: z.int().min(2_160).default(21_600),
    /** How long the warehouse is waited for before it is asked, and how often it is. */
    fulfilmentSeconds: z.int().min(60).default(86_400),
    inquiries: z.int().min(1).max(10).default(3),
    /** How long a refund is waited for before it is asked for again; that doubles up to the longest. */
    refundSeconds: z.int().min(11).default(60),
    longestRefundSeconds: z.int().min(60).default(21_600),
    /**
     * How long an order is kept after its end; where a person must look, for ever. Longer than the slowest transfer takes: money that
     * comes after its order has gone would be nobody's.
     */
    retentionSeconds: z.int().min(1_814_400).default(2_592_000),
  })
  .refine(({ sessionSeconds, paymentSeconds }) => paymentSeconds > sessionSeconds, {
    message: 'must be more than sessionSeconds: until then it can be paid',
    path: ['paymentSeconds'],
  })
  .refine(
    (all) =>
      all.createSeconds < all.longestCreateSeconds &&
      all.paymentSeconds < all.longestPaymentSeconds &&
      all.refundSeconds < all.longestRefundSeconds,
    'a first pause must be shorter than the longest one: when that is reached, an alarm comes',
  );

export type CheckoutSettings = z.infer<typeof checkoutSettingsSchema>;

export const defaultCheckoutSettings: CheckoutSettings = checkoutSettingsSchema.parse({});
