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
   * than the requests of one call may last (18 s: the last begins within its 10 s, and takes 8), the clocks of two machines apart.
   */
  keyMarginSeconds: z.int().min(30).max(600).default(60),
});

/** Where a card gateway is. The secret key goes there with each request: in the clear only within the machine, to a sandbox. */
export const gatewayAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://api.stripe.com', abort: true })
  .refine((url) => isPlain(new URL(url)), 'must be an address without a path, such as https://api.stripe.com')
  .refine((url) => isPrivate(new URL(url)), 'must be an https address: the secret key is sent there');

const isPlain = ({ pathname, search, hash, username, password }: URL): boolean =>
  pathname === '/' && [search, hash, username, password].every((part) => part === '');

const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

export type PaymentSettings = z.infer<typeof paymentSettingsSchema>;

export const defaultPaymentSettings: PaymentSettings = paymentSettingsSchema.parse({});
