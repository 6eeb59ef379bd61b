import * as z from 'zod';
import { defineAction } from '../../../../../core/action.ts';
import { secondsAfter, waiting } from '../data.ts';
import type { EmailConfirmationSettings } from '../settings.ts';

/** Asks for another mail, if it is time and some are left. Same link, same expiry, attempts not reset. */
export const resendEmailConfirmation = (settings: EmailConfirmationSettings) =>
  defineAction({
    name: 'ResendEmailConfirmation',
    outcomes: ['MailRequested', 'ResendTooEarly', 'ResendTooLate', 'NoResendsLeft'],
    data: waiting,
    payload: z.strictObject({}),
    run({ data, now }) {
      const { expiresAt, resendAvailableAt: retryAt } = data;
      if (expiresAt <= now) return { outcome: 'ResendTooLate' };
      if (data.resendsLeft < 1) return { outcome: 'NoResendsLeft' };
      if (retryAt > now) return { outcome: 'ResendTooEarly', reply: { retryAt } };
      const resendsLeft = data.resendsLeft - 1;
      const resendAvailableAt = secondsAfter(now, settings.resendCooldownSeconds);
      return {
        outcome: 'MailRequested',
        data: { ...data, resendsLeft, resendAvailableAt },
        effects: [{ kind: 'email-confirmation.mail', notAfter: expiresAt }],
      };
    },
  });
