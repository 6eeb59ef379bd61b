/** The limit of passwords: how many the processors of this machine check in a second, with nothing else to do. */
import { availableParallelism } from 'node:os';
import { hashPassword, passwordMatches } from '../../flows/mfa-login/password.ts';

/** As many at once as the thread pool of Node takes by default. */
const AT_ONCE = Math.max(4, availableParallelism());

/** @returns checks per second, by `crypto.scrypt` at the cost of the product. */
export async function scryptChecks(rounds: number): Promise<number> {
  const stored = await hashPassword('secret', Buffer.alloc(16, 1));
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let round = 0; round < rounds; round++) await passwordMatches('secret', stored);
    }),
  );
  return (AT_ONCE * rounds * 1_000) / (performance.now() - begin);
}
