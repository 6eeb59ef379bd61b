/** The email confirmation: what its states mean. */
import type { Action } from '../../../../core/action.ts';
import { substitute } from '../../../../core/definition.ts';
import type { Flow } from '../../../../core/flow.ts';
import asl from '../../state-definitions/email-confirmation.asl.json' with { type: 'json' };
import { checkEmailConfirmation } from './actions/check-email-confirmation.ts';
import { resendEmailConfirmation } from './actions/resend-email-confirmation.ts';
import { sendEmailConfirmation } from './actions/send-email-confirmation.ts';
import { maskEmail } from './data.ts';
import type { EmailConfirmationSettings } from './settings.ts';

export const emailConfirmationActions = (settings: EmailConfirmationSettings): Action[] => [
  sendEmailConfirmation(settings),
  resendEmailConfirmation(settings),
  checkEmailConfirmation,
];

export function emailConfirmation(settings: EmailConfirmationSettings): Flow {
  const actions = Object.fromEntries(emailConfirmationActions(settings).map(({ name }) => [name, name]));
  return {
    name: 'email-confirmation',
    // Nobody audits it; the trail answers what support asks.
    persistence: 'outbox',
    definition: substitute(asl, { LinkSeconds: settings.linkSeconds, ...actions }),
    tables: [],
    view(_state, { email, counter: _, ...shown }) {
      return { ...(typeof email === 'string' && { email: maskEmail(email) }), ...shown };
    },
    personal: { email: maskEmail },
    retentionSeconds: () => settings.retentionSeconds,
    // An address can be guessed; a token cannot.
    fingerprinted: ({ type, payload }) => ({ value: payload, guessable: type === 'ConfirmationRequested' }),
  };
}
