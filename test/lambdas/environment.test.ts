import { expect, test } from '@jest/globals';
import { defaultSettings, settingsSchema } from '../../flows/mfa-login/settings.ts';
import { byName, environmentOf, settingsOf } from '../../lambdas/environment.ts';

const all = { TABLE_USERS: 'users-1', SECRET_IDENTITY: 'arn:i', FLOW_SETTINGS: '{}', OTHER: 'x' };

test('a function gets its own variables and no others', () => {
  expect(environmentOf('actions/verify-password', all)).toEqual({
    TABLE_USERS: 'users-1',
    SECRET_IDENTITY: 'arn:i',
    FLOW_SETTINGS: '{}',
  });
});

test('all that is missing is named, with what it should be', () => {
  expect(() => environmentOf('actions/verify-otp', { ...all, TABLE_USERS: '' })).toThrow(
    'actions/verify-otp needs environment variables: TABLE_USERS (name of the DynamoDB table of users), ' +
      'SECRET_OTP (ARN of the secret that codes are derived from)',
  );
});

const settings = (FLOW_SETTINGS: string) => settingsOf('mfa-login', settingsSchema, { FLOW_SETTINGS });

test('settings of a flow are those given for it, and the defaults', () => {
  const given = { 'mfa-login': { attempts: 5 }, payment: { createdSeconds: 60 } };
  expect(settings(JSON.stringify(given))).toEqual({ ...defaultSettings, attempts: 5 });
  expect(settings('{"payment":{"createdSeconds":60}}')).toEqual(defaultSettings);
});

test.each(['{"mfa-login":{"attempts":0}}', '{"mfa-login":{"atempts":3}}', '{"mfa-login":[]}', '[]', 'no'])(
  'settings such as %s are refused',
  (text) => {
    expect(() => settings(text)).toThrow();
  },
);

test('what holds something for each of several names is a JSON object', () => {
  expect(byName('{"a":"1"}')).toEqual({ a: '1' });
  for (const text of ['[]', 'null', '"a"', '1']) expect(() => byName(text)).toThrow('not a JSON object');
});
