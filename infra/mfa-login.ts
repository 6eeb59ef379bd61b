import type { Construct } from 'constructs';
import { actionFunction } from './action-function.ts';
import { Flow } from './flow.ts';
import { FAILURES } from './grants.ts';
import type { Common } from './node-function.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** The settings of the login as its functions get them. */
export const settingsText = ({ stage }: Common): string => JSON.stringify(stage.mfaLogin);

/** The login: its definition, and for each action a function that reaches exactly what the action declares. */
export function mfaLoginFlow(
  scope: Construct,
  common: Common,
  { users, quotas }: Tables,
  { otp, identity, signing }: Secrets,
): Flow {
  const { stage } = common;
  const MFA_LOGIN_SETTINGS = settingsText(common);
  const actions = {
    VerifyPassword: actionFunction(scope, 'VerifyPassword', {
      ...common,
      entry: 'actions/verify-password',
      environment: { TABLE_USERS: users, SECRET_IDENTITY: identity, MFA_LOGIN_SETTINGS },
      // scrypt keeps a CPU busy: one whole.
      memorySize: 1769,
    }),
    SendOtpSms: actionFunction(scope, 'SendOtpSms', {
      ...common,
      entry: 'actions/send-otp-sms',
      environment: { TABLE_QUOTAS: quotas, SECRET_IDENTITY: identity, MFA_LOGIN_SETTINGS },
      memorySize: 256,
    }),
    VerifyOtp: actionFunction(scope, 'VerifyOtp', {
      ...common,
      entry: 'actions/verify-otp',
      environment: { TABLE_USERS: users, SECRET_OTP: otp, SECRET_IDENTITY: identity, MFA_LOGIN_SETTINGS },
      partitions: FAILURES,
      memorySize: 256,
    }),
    MintSession: actionFunction(scope, 'MintSession', {
      ...common,
      entry: 'actions/mint-session',
      environment: { SECRET_SIGNING: signing, MFA_LOGIN_SETTINGS },
      memorySize: 256,
    }),
  };
  const { codeSeconds, sessionSeconds } = stage.mfaLogin;
  const numbers = { CodeSeconds: codeSeconds, SessionSeconds: sessionSeconds };
  return new Flow(scope, 'MfaLogin', { stage, name: 'mfa-login', numbers, actions });
}
