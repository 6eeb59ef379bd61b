/** Lambda functions: what they all have, and that infra and the entry points agree. */
import { describe, expect, test } from '@jest/globals';
import { entries } from '../../infra/bundle.ts';
import { type Entry, environmentOf } from '../../lambdas/environment.ts';
import { ofType, one, synthesised, text } from './support.ts';

const stack = synthesised();

/** The function of each entry point, by its logical id without the hash. */
const functions: { [entry in Entry]: string } = {
  api: 'ApiFunction',
  'relay-sms': 'SmsRelayFunction',
  reconciler: 'ReconcilerFunction',
  'init-signing-key': 'SecretsInitSigningKey',
  'actions/verify-password': 'VerifyPassword',
  'actions/send-otp-sms': 'SendOtpSms',
  'actions/verify-otp': 'VerifyOtp',
  'actions/mint-session': 'MintSession',
};
const all = Object.entries(functions) as [Entry, string][];

test('every entry point is a function, and every function an entry point', () => {
  expect(entries()).toEqual(Object.keys(functions).sort());
  const made = ofType(stack, 'AWS::Lambda::Function').map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
  expect(made.sort()).toEqual(Object.values(functions).sort());
});

describe.each(all)('%s', (entry, id) => {
  const [, { Properties }] = one(stack, 'AWS::Lambda::Function', id);

  test('runs on arm64 and the Node of the tests, traced, with logs of its own that end', () => {
    expect(Properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    const { LogGroup: logs } = Properties['LoggingConfig'] as { LogGroup: unknown };
    expect(text(logs)).toBe(`${id}Logs`);
    const [, group] = one(stack, 'AWS::Logs::LogGroup', `${id}Logs`);
    expect(group.Properties['RetentionInDays']).toBe(7);
  });

  test('gets exactly the variables that it asks for', () => {
    const { Variables } = Properties['Environment'] as { Variables: { [name: string]: unknown } };
    const { NODE_OPTIONS: options, ...set } = Object.fromEntries(
      Object.entries(Variables).map(([name, value]) => [name, text(value)]),
    );
    expect(options).toBe('--enable-source-maps');
    expect(environmentOf(entry, set)).toEqual(set);
  });
});

test('an action takes no longer than the definition waits for it', () => {
  for (const [entry, id] of all.filter(([name]) => name.startsWith('actions/'))) {
    const [, { Properties }] = one(stack, 'AWS::Lambda::Function', id);
    expect([entry, Properties['Timeout']]).toEqual([entry, 10]);
  }
});
