import * as z from 'zod';
import { type ActionResult, defineAction } from '../../../core/action.ts';
import { type Challenged, challenged, type Identified, identified, secondsAfter } from '../data.ts';
import type { Settings } from '../settings.ts';
import { quotaKey, takeSms } from '../sms-quota.ts';

/**
 * Asks for an SMS with the login's code: the first one, one that the user asks for, or one in place of one that failed.
 * The effect names only the instance; whoever performs it derives the code.
 */
export const sendOtpSms = (settings: Settings) =>
  defineAction({
    name: 'SendOtpSms',
    outcomes: [
      'OtpSent',
      'QuotaUsedUp',
      'ResendTooEarly',
      'ResendTooLate',
      'NoResendsLeft',
      'ResendThrottled',
      'SmsSuperseded',
      'DeliveryGivenUp',
    ],
    reads: 'quotas',
    secrets: ['identity'],
    data: z.union([identified, challenged]),
    payload: z.looseObject({ version: z.int().optional() }),
    async run({ data, event, now, nextVersion }, { read, secret }): Promise<ActionResult> {
      const waiting = 'codeCounter' in data ? data : undefined;
      const retry = event.type === 'SmsFailed';
      const refused =
        waiting && (retry ? noRetry(waiting, event.payload.version, now) : noResend(waiting, now));
      if (refused) return refused;

      const key = quotaKey(await secret('identity'), data.phone);
      // The write is on condition of what was read. A quota only shrinks while its window runs: what is used up in an earlier
      // look is used up.
      const stored = await read.get(key.pk, key.sk, { consistency: 'eventual' });
      const taken = takeSms(key, stored, now, settings);
      if ('usedUpUntil' in taken) {
        if (retry) return { outcome: 'DeliveryGivenUp' };
        const retryAt = taken.usedUpUntil;
        if (waiting) return { outcome: 'ResendThrottled', reply: { retryAt } };
        return { outcome: 'QuotaUsedUp', data: { ...data, retryAt } };
      }
      const next = {
        ...(waiting ? again(waiting, retry, now, settings) : first(data, now, settings)),
        smsVersion: nextVersion,
      };
      return {
        outcome: 'OtpSent',
        data: next,
        effects: [{ kind: 'sms', notAfter: next.expiresAt }],
        writes: [taken.write],
      };
    },
  });

function noRetry(
  { smsVersion, smsRetriesLeft, expiresAt }: Challenged,
  failed: number | undefined,
  now: string,
): ActionResult | undefined {
  if (failed !== smsVersion) return { outcome: 'SmsSuperseded' };
  return smsRetriesLeft > 0 && expiresAt > now ? undefined : { outcome: 'DeliveryGivenUp' };
}

function noResend(
  { resendsLeft, resendAvailableAt, expiresAt }: Challenged,
  now: string,
): ActionResult | undefined {
  if (expiresAt <= now) return { outcome: 'ResendTooLate' };
  if (resendsLeft < 1) return { outcome: 'NoResendsLeft' };
  return resendAvailableAt > now
    ? { outcome: 'ResendTooEarly', reply: { retryAt: resendAvailableAt } }
    : undefined;
}

const first = (data: Identified, now: string, settings: Settings) => ({
  ...data,
  codeCounter: Date.parse(now),
  expiresAt: secondsAfter(now, settings.codeSeconds),
  attemptsLeft: settings.attempts,
  resendsLeft: settings.resends,
  resendAvailableAt: secondsAfter(now, settings.resendCooldownSeconds),
  smsRetriesLeft: settings.smsRetries,
});

/** Same code, same expiry, attempts not reset. */
const again = (data: Challenged, retry: boolean, now: string, settings: Settings) =>
  retry
    ? { ...data, smsRetriesLeft: data.smsRetriesLeft - 1 }
    : {
        ...data,
        resendsLeft: data.resendsLeft - 1,
        resendAvailableAt: secondsAfter(now, settings.resendCooldownSeconds),
      };
