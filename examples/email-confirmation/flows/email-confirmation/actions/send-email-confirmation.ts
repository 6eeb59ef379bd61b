import * as z from 'zod';
import { defineAction } from '../../../../../core/action.ts';
import { secondsAfter, type Waiting } from '../data.ts';
import type { EmailConfirmationSettings } from '../settings.ts';

/** Begins: asks for the first mail. The effect names only the instance; whoever performs it derives the token. */
export const sendEmailConfirmation = (settings: EmailConfirmationSettings) =>
  defineAction({
    name: 'SendEmailConfirmation',
    outcomes: ['MailRequested'],
    data: z.strictObject({}),
    payload: z.strictObject({ email: z.string() }),
    run({ event, now }) {
      const data: Waiting = {
        email: event.payload.email,
        counter: Date.parse(now),
        expiresAt: secondsAfter(now, settings.linkSeconds),
        attemptsLeft: settings.attempts,
        resendsLeft: settings.resends,
        resendAvailableAt: secondsAfter(now, settings.resendCooldownSeconds),
      };
      const mail = { kind: 'email-confirmation.mail', notAfter: data.expiresAt };
      return { outcome: 'MailRequested', data: { ...data }, effects: [mail] };
    },
  });
