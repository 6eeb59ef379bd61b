import { timingSafeEqual } from 'node:crypto';
import { keyedHash } from '../../../../core/keyed-hash.ts';
import type { Secrets } from '../../../../core/ports.ts';

/** What the token of an instance is derived from, beside the key of the server. */
export interface Origin {
  flowId: string;
  counter: number;
}

/**
 * The token of an instance, derived and stored nowhere: HMAC-SHA-256 of its id and counter under a key of the server, 128 bits.
 * Every mail of the instance carries the same one.
 */
export const tokenOf = async (secret: Secrets, { flowId, counter }: Origin): Promise<string> =>
  keyedHash(await secret('requests'), 'email-confirmation', `${flowId}/${counter}`);

/** Compares in constant time. */
export function tokensEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
