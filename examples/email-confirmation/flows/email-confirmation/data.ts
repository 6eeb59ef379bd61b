import * as z from 'zod';

/** What email confirmations know, as their actions thread it on. Instants are ISO 8601 UTC. */

export const waiting = z.strictObject({
  email: z.string(),
  /** What its token is derived from, beside its id: the instant of its creation in ms. */
  counter: z.int(),
  expiresAt: z.string(),
  attemptsLeft: z.int(),
  resendsLeft: z.int(),
  resendAvailableAt: z.string(),
});

export type Waiting = z.infer<typeof waiting>;

/** The first character and the domain; the rest is hidden, its length too. */
export const maskEmail = (email: string): string =>
  `${email.slice(0, 1)}•••${email.slice(email.lastIndexOf('@'))}`;

export const secondsAfter = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString();
