import type { Construct } from 'constructs';
import { actionFunction } from './action-function.ts';
import { settingsOfOne } from './figures.ts';
import { Flow } from './flow.ts';
import { FAILURES } from './grants.ts';
import type { Common } from './node-function.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** The login: its definition, and for each action a function that reaches exactly what the action declares. */
export function mfaLoginFlow(
  scope: Construct,
  common: Common,
  { users, quotas }: Tables,
  { otp, identity, signing }: Secrets,
): Flow {
  const { stage } = common;
  const FLOW_SETTINGS = settingsOfOne(stage, 'mfa-login');
  const actions = {
    VerifyPassword: actionFunction(scope, 'VerifyPassword', {
      ...common,
      entry: 'actions/verify-password',
      environment: { TABLE_USERS: users, SECRET_IDENTITY: identity, FLOW_SETTINGS },
      // scrypt keeps a CPU busy: one whole.
      memorySize: 1769,
    }),
    SendOtpSms: actionFunction(scope, 'SendOtpSms', {
      ...common,
      entry: 'actions/send-otp-sms',
      environment: { TABLE_QUOTAS: quotas, SECRET_IDENTITY: identity, FLOW_SETTINGS },
      memorySize: 256,
    }),
    VerifyOtp: actionFunction(scope, 'VerifyOtp', {
      ...common,
      entry: 'actions/verify-otp',
      environment: { TABLE_USERS: users, SECRET_OTP: otp, SECRET_IDENTITY: identity, FLOW_SETTINGS },
      partitions: FAILURES,
      memorySize: 256,
    }),
    MintSession: actionFunction(scope, 'MintSession', {
      ...common,
      entry: 'actions/mint-session',
      environment: { SECRET_SIGNING: signing, FLOW_SETTINGS },
      memorySize: 256,
    }),
  };
  const { codeSeconds, sessionSeconds } = stage.mfaLogin;
  const numbers = { CodeSeconds: codeSeconds, SessionSeconds: sessionSeconds };
  return new Flow(scope, 'MfaLogin', { stage, name: 'mfa-login', numbers, actions });
}
