import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { keyedHash } from '../../../core/keyed-hash.ts';
import { Slots } from '../../../core/slots.ts';
import { secondsAfter } from '../data.ts';
import { accountHash, countFailure, delayedUntil, failuresKey, live, touch, unchanged } from '../failures.ts';
import { NO_PASSWORD, passwordMatches } from '../password.ts';
import type { Settings } from '../settings.ts';

/**
 * Is it this user's password, and may it be tried now? Unknown users, wrong passwords and delayed accounts take the same
 * work, the same answer and the same number of writes.
 */
export function verifyPassword(settings: Settings) {
  const slots = new Slots(settings.passwordsAtOnce);
  return defineAction({
    name: 'VerifyPassword',
    outcomes: ['PasswordAccepted', 'PasswordRefused'],
    reads: 'users',
    secrets: ['identity'],
    data: z.strictObject({}),
    payload: z.strictObject({ username: z.string(), password: z.string(), source: z.string() }),
    async run({ event, now }, { read, secret }) {
      const { username, password } = event.payload;
      const identity = await secret('identity');
      const account = accountHash(identity, username);
      const source = keyedHash(identity, 'source', event.payload.source);

      // No eventual read here: a password that was changed must not be good for a moment longer, and a failure from this
      // address that was missed would be one more guess, since the condition below is on the account alone.
      const user = await read.get(`user#${username}`, 'profile');
      const stored = String(user?.['password'] ?? NO_PASSWORD);
      const matches = await slots.run(() => passwordMatches(password, stored));

      // Read after the slow part: the younger the truth, the fewer conflicts. The account first: every failure changes it
      // too, so a condition on it also covers what is read of the address after it.
      const counters = [
        {
          key: failuresKey(account),
          limits: [
            { counter: 'passwords', limit: settings.failuresFromAnywhere },
            { counter: 'codes', limit: settings.failuresBeforeDelay },
          ],
        },
        {
          key: failuresKey(account, source),
          limits: [{ counter: 'passwords', limit: settings.failuresBeforeDelay }],
        },
      ] as const;
      const found = [];
      for (const one of counters) found.push({ ...one, stored: await read.get(one.key.pk, one.key.sk) });
      const delayed = found.some(({ stored, limits }) =>
        limits.some((limit) => delayedUntil(live(stored, now), limit, settings) > now),
      );

      if (delayed)
        return { outcome: 'PasswordRefused', writes: found.map(({ key, stored }) => touch(key, stored)) };
      if (!matches || !user) {
        // Names that nobody has are forgotten some time after their longest delay.
        const expiresAt = user ? undefined : secondsAfter(now, 2 * settings.longestDelaySeconds);
        const writes = found.map(({ key, stored, limits }) =>
          countFailure(key, stored, limits[0], now, expiresAt),
        );
        return { outcome: 'PasswordRefused', writes };
      }
      return {
        outcome: 'PasswordAccepted',
        data: { sub: username, phone: String(user['phone']), source },
        // Every failure changes the account's item: so a right guess among many cannot slip past the limit.
        writes: found.slice(0, 1).map(({ key, stored }) => ({ op: 'check', key, if: unchanged(stored) })),
      };
    },
  });
}
