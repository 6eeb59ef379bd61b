import * as z from 'zod';
import { defineAction } from '../../../../../core/action.ts';
import { waiting } from '../data.ts';
import { tokenOf, tokensEqual } from '../token.ts';

/** Is it the token of this instance, in time and within its attempts? */
export const checkEmailConfirmation = defineAction({
  name: 'CheckEmailConfirmation',
  outcomes: ['TokenAccepted', 'TokenWrong', 'AttemptsUsedUp', 'TokenTooLate'],
  secrets: ['requests'],
  data: waiting,
  payload: z.strictObject({ token: z.string() }),
  async run({ flowId, data, event, now }, { secret }) {
    // Compared here as well: the reconciler may not have come by yet.
    if (data.expiresAt <= now) return { outcome: 'TokenTooLate' };
    const { email, counter } = data;
    if (tokensEqual(event.payload.token, await tokenOf(secret, { flowId, counter })))
      return { outcome: 'TokenAccepted', data: { email, confirmedAt: now } };
    const attemptsLeft = data.attemptsLeft - 1;
    return {
      outcome: attemptsLeft > 0 ? 'TokenWrong' : 'AttemptsUsedUp',
      data: { ...data, attemptsLeft },
    };
  },
});
