import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { HOTP, Secret } from 'otpauth';

/** RFC 4226, 5.3: at least 6 digits. */
const DIGITS = 6;

/**
 * The code of a login, derived and stored nowhere: HOTP (RFC 4226) with secret = HMAC-SHA-256(server key, login id).
 *
 * @param serverKey at least 160 bits (RFC 4226, 4, R6).
 * @param counter the instant at which the login was created, in ms: every resend carries the same code.
 */
export function deriveCode(serverKey: string, loginId: string, counter: number): string {
  const secret = createHmac('sha256', serverKey).update(loginId).digest();
  const buffer = secret.buffer.slice(secret.byteOffset, secret.byteOffset + secret.length);
  return HOTP.generate({
    secret: new Secret({ buffer: buffer as ArrayBuffer }),
    digits: DIGITS,
    counter,
    hmac,
  });
}

/** Node takes three times as long with a key of bare bytes. */
const hmac = (algorithm: string, key: Uint8Array, message: Uint8Array): Uint8Array =>
  createHmac(algorithm, createSecretKey(key)).update(message).digest();

/** Compares in constant time. */
export function codesEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The text of the SMS: one part of GSM-7 (160 characters). */
export const smsBody = (code: string, codeSeconds: number): string =>
  `${code} is your sign-in code. It is valid for ${lifetime(codeSeconds)}. Do not share it with anyone.`;

/** Never longer than it is. */
const lifetime = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.floor(seconds / 60)} minutes`;
