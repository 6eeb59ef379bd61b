import * as z from 'zod';

/** Every figure of the payment, with its default. Durations in seconds. */
export const paymentSettingsSchema = z.strictObject({
  /** How long a payment waits to be authorised. */
  createdSeconds: z.int().min(60).default(3_600),
  /** How long a hold waits to be captured. Card networks let go of it after 7 days. */
  authorizedSeconds: z.int().min(60).default(604_800),
  /** How long the gateway's word is waited for before it is asked; that doubles up to the longest. */
  inquireSeconds: z.int().min(11).default(60),
  longestInquireSeconds: z.int().min(60).default(3_600),
  /** How long an idempotency key is relied on. Stripe forgets it after 24 h at the earliest. */
  keySeconds: z.int().min(3_600).max(82_800).default(82_800),
  /**
   * Nothing is sent under a key in the last of those: whatever is under way has ended when another key takes its place. Longer
   * than a call may take (10 s), the clocks of two machines apart.
   */
  keyMarginSeconds: z.int().min(30).max(600).default(60),
});

export type PaymentSettings = z.infer<typeof paymentSettingsSchema>;

export const defaultPaymentSettings: PaymentSettings = paymentSettingsSchema.parse({});
