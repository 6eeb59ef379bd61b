/** The definition of the login as it stands: its language, its states, what it makes of what actions say. */
import { mfaLogin, mfaLoginActions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import asl from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import { describeForm } from './form.ts';
import { final, table, waiting } from './mfa-login.table.ts';

describeForm({
  asl,
  definition: mfaLogin(defaultSettings).definition,
  actions: mfaLoginActions(defaultSettings),
  ...{ waiting, final, table },
  byDefault: {
    VerifyPassword: ['PasswordRefused'],
    SendOtpSms: ['ResendTooEarly', 'ResendTooLate', 'NoResendsLeft', 'ResendThrottled'],
    VerifyOtp: ['OtpTooLate'],
    // It says one thing only: no Choice follows.
    MintSession: ['SessionMinted'],
  },
});
