import { expect, test } from '@jest/globals';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { environmentOf, settingsOf } from '../../lambdas/environment.ts';

const all = { TABLE_USERS: 'users-1', SECRET_IDENTITY: 'arn:i', MFA_LOGIN_SETTINGS: '{}', OTHER: 'x' };

test('a function gets its own variables and no others', () => {
  expect(environmentOf('actions/verify-password', all)).toEqual({
    TABLE_USERS: 'users-1',
    SECRET_IDENTITY: 'arn:i',
    MFA_LOGIN_SETTINGS: '{}',
  });
});

test('all that is missing is named, with what it should be', () => {
  expect(() => environmentOf('actions/verify-otp', { ...all, TABLE_USERS: '' })).toThrow(
    'actions/verify-otp needs environment variables: TABLE_USERS (name of the DynamoDB table of users), ' +
      'SECRET_OTP (ARN of the secret that codes are derived from)',
  );
});

test('settings are those given, and the defaults', () => {
  expect(settingsOf({ MFA_LOGIN_SETTINGS: '{"attempts":5}' })).toEqual({ ...defaultSettings, attempts: 5 });
});

test.each(['{"attempts":0}', '{"atempts":3}', 'no'])('settings such as %s are refused', (text) => {
  expect(() => settingsOf({ MFA_LOGIN_SETTINGS: text })).toThrow();
});
