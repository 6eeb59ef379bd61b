import * as z from 'zod';
import { hidden, initial, type Personal } from '../../core/personal.ts';

/** What a login knows, as its actions thread it on. Instants are ISO 8601 UTC. */

/** After the password: who it is, and from where (keyed hash of the address). */
export const identified = z.strictObject({
  sub: z.string(),
  phone: z.string(),
  source: z.string(),
});

/** After the first code. `codeCounter` is the HOTP counter: the instant of creation in ms. */
export const challenged = identified.extend({
  codeCounter: z.int(),
  expiresAt: z.string(),
  attemptsLeft: z.int(),
  resendsLeft: z.int(),
  resendAvailableAt: z.string(),
  smsRetriesLeft: z.int(),
  /** The version that asked for the newest SMS. */
  smsVersion: z.int(),
});

export type Identified = z.infer<typeof identified>;
export type Challenged = z.infer<typeof challenged>;

/** E.164: a plus and 8 to 15 digits (ITU-T E.164, 6.1). */
export const phonePattern = /^\+[1-9]\d{7,14}$/;

/** The first two and the last four characters; the rest is hidden, its length too. */
export const maskPhone = (phone: string): string => `${phone.slice(0, 2)}${'•'.repeat(7)}${phone.slice(-4)}`;

/** `source` is no address, but the same for all logins from one. */
export const personal: Personal = { sub: initial, phone: maskPhone, source: hidden };

export const secondsAfter = (instant: string | number, seconds: number): string =>
  new Date(new Date(instant).getTime() + seconds * 1000).toISOString();
