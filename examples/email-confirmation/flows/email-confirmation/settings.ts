import * as z from 'zod';

/** Every figure of the email confirmation, with its default. Durations in seconds. */
export const emailConfirmationSettingsSchema = z.strictObject({
  linkSeconds: z.int().min(60).max(604_800).default(86_400),
  /** Wrong tokens before the link is dead. */
  attempts: z.int().min(1).max(20).default(5),
  resends: z.int().min(0).max(10).default(3),
  resendCooldownSeconds: z.int().min(0).max(3_600).default(60),
  retentionSeconds: z.int().min(60).default(604_800),
  /** Where the links lead: the address of the API as people reach it. */
  linkBase: z.url().default('http://localhost:3000'),
});

export type EmailConfirmationSettings = z.infer<typeof emailConfirmationSettingsSchema>;
