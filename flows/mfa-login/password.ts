import { scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of scrypt (RFC 7914). Memory is 128 · N · r bytes. */
export interface PasswordCost {
  N: number;
  r: number;
  p: number;
}

/**
 * OWASP Password Storage Cheat Sheet, scrypt: one of its equal minimum settings, the one with 32 MiB. A refusal takes the
 * time of the stored password's own cost, and of this one where there is no user: while some are stored at another cost,
 * the time tells who has an account. So a change of it ends when no password of the old cost is left.
 */
export const passwordCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

const KEY_BYTES = 32;

function derive(password: string, salt: Buffer, { N, r, p }: PasswordCost): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}

/**
 * A password as it is stored: `scrypt$N$r$p$salt$key`.
 *
 * @param salt at least 16 random bytes.
 */
export async function hashPassword(password: string, salt: Buffer, cost = passwordCost): Promise<string> {
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Matches no password; checking against it costs the same as against a real one. */
export const NO_PASSWORD = [
  'scrypt',
  passwordCost.N,
  passwordCost.r,
  passwordCost.p,
  'AAAAAAAAAAAAAAAAAAAAAA',
  '',
].join('$');

/** Whether the password is the stored one, in constant time for one cost. */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = stored.split('$');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  const expected = Buffer.from(key, 'base64url');
  return (
    timingSafeEqual(derived, expected.length === KEY_BYTES ? expected : Buffer.alloc(KEY_BYTES)) &&
    expected.length > 0
  );
}
