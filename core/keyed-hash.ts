import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Made once per secret: preparing a key costs more than a short hash. */
const keys = new Map<string, KeyObject>();

/** The key of an HMAC from the text of a secret. */
export function hmacKey(secret: string): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const made = createSecretKey(secret, 'utf8');
  keys.set(secret, made);
  return made;
}

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
  return createHmac('sha256', hmacKey(secret))
    .update(`${purpose}\n${text}`)
    .digest()
    .toString(encoding, 0, 16);
}
