import { createHmac } from 'node:crypto';

/**
 * Keyed hash of something that must neither be at rest nor be guessed from what is: a name, a number, an address, an
 * idempotency key. HMAC-SHA-256, cut to 128 bits.
 *
 * @param purpose keeps hashes of equal texts for different uses apart.
 */
export function keyedHash(
  secret: string,
  purpose: string,
  text: string,
  encoding: 'base64url' | 'hex' = 'base64url',
): string {
  return createHmac('sha256', secret).update(`${purpose}\n${text}`).digest().toString(encoding, 0, 16);
}
