import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import type { Write } from '../../../core/types.ts';
import { challenged } from '../data.ts';
import { accountHash, countFailure, failuresKey } from '../failures.ts';
import { codesEqual, deriveCode } from '../otp.ts';
import type { Settings } from '../settings.ts';

/** Is it the login's code, in time and within its attempts? */
export const verifyOtp = (settings: Settings) =>
  defineAction({
    name: 'VerifyOtp',
    outcomes: ['OtpAccepted', 'OtpInvalid', 'OtpExhausted', 'OtpTooLate'],
    reads: 'users',
    secrets: ['otp', 'identity'],
    data: challenged,
    payload: z.strictObject({ code: z.string() }),
    async run({ flowId, data, event, now }, { read, secret }) {
      // Compared here as well: the reconciler may not have come by yet.
      if (data.expiresAt <= now) return { outcome: 'OtpTooLate' };
      const account = accountHash(await secret('identity'), data.sub);
      const key = failuresKey(account);
      // Counting is on condition of what was read. For a right code it only tells which counters there are to delete: one that
      // another login made a moment ago may stay, as if that had failed after this. This login's own failures must not.
      const consistency = data.attemptsLeft !== settings.attempts ? 'strong' : 'eventual';
      const stored = await read.get(key.pk, key.sk, { consistency });

      if (codesEqual(event.payload.code, deriveCode(await secret('otp'), flowId, data.codeCounter))) {
        const sourceKey = failuresKey(account, data.source);
        const counters = [
          { key, stored },
          { key: sourceKey, stored: await read.get(sourceKey.pk, sourceKey.sk, { consistency }) },
        ];
        const reset = counters.flatMap((one): Write[] =>
          one.stored ? [{ op: 'delete', key: one.key }] : [],
        );
        return { outcome: 'OtpAccepted', writes: reset };
      }
      const attemptsLeft = data.attemptsLeft - 1;
      const limit = { counter: 'codes', limit: settings.failuresBeforeDelay } as const;
      return {
        outcome: attemptsLeft > 0 ? 'OtpInvalid' : 'OtpExhausted',
        data: { ...data, attemptsLeft },
        writes: [countFailure(key, stored, limit, now, undefined)],
      };
    },
  });
