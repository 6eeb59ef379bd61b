/** The login with a password and a one-time code by SMS: what its states mean. */

import type { Action } from '../../core/action.ts';
import { substitute } from '../../core/definition.ts';
import type { Flow } from '../../core/flow.ts';
import type { JsonObject } from '../../core/types.ts';
import asl from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import { mintSession } from './actions/mint-session.ts';
import { sendOtpSms } from './actions/send-otp-sms.ts';
import { verifyOtp } from './actions/verify-otp.ts';
import { verifyPassword } from './actions/verify-password.ts';
import { maskPhone, personal } from './data.ts';
import type { Settings } from './settings.ts';

export const mfaLoginActions = (settings: Settings): Action[] => [
  verifyPassword(settings),
  sendOtpSms(settings),
  verifyOtp(settings),
  mintSession(settings),
];

/** What a caller may see as it is. */
const shown = ['expiresAt', 'attemptsLeft', 'resendsLeft', 'resendAvailableAt', 'session', 'retryAt'];

/** What the definition's `${…}` stand for, but for the actions: those have other names on every runtime. */
export const mfaLoginSubstitutions = (settings: Settings) => ({
  CodeSeconds: settings.codeSeconds,
  SessionSeconds: settings.sessionSeconds,
});

export function mfaLogin(settings: Settings): Flow {
  const actions = Object.fromEntries(mfaLoginActions(settings).map(({ name }) => [name, name]));
  return {
    name: 'mfa-login',
    // Nobody audits logins one by one; the trail answers what support asks. An entry for each would only cost.
    persistence: 'outbox',
    definition: substitute(asl, { ...mfaLoginSubstitutions(settings), ...actions }),
    tables: ['users', 'quotas'],
    view(_state, data) {
      const { phone } = data;
      const view: JsonObject = typeof phone === 'string' ? { phone: maskPhone(phone) } : {};
      for (const name of shown) {
        const value = data[name];
        if (value !== undefined) view[name] = value;
      }
      return view;
    },
    personal,
    retentionSeconds: (state) =>
      state === 'Denied' ? settings.deniedRetentionSeconds : settings.retentionSeconds,
    fingerprinted({ type, payload }) {
      // The address may change between a request and its repetition; it is not part of what was asked.
      const { source: _, ...asked } = payload;
      return { value: asked, guessable: type === 'LoginRequested' || type === 'OtpSubmitted' };
    },
  };
}
