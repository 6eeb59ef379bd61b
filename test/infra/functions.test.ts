/** Lambda functions: what they all have, and that infra and the entry points agree. */
import { describe, expect, test } from '@jest/globals';
import { snsClient } from '../../adapters/aws/clients.ts';
import { RESOLVER_TIMEOUT_MS } from '../../adapters/aws/sfn-resolver.ts';
import { relayDefaults } from '../../core/bookkeeping.ts';
import { entries } from '../../infra/bundle.ts';
import { type Entry, environmentOf } from '../../lambdas/environment.ts';
import asl from '../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import { ofType, one, synthesised, text } from './support.ts';

const stack = synthesised();

/** The function of each entry point, by its logical id without the hash. */
const functions: { [entry in Entry]: string } = {
  api: 'ApiFunction',
  webhooks: 'WebhooksFunction',
  intake: 'IntakeFunction',
  'relay-sms': 'SmsRelayFunction',
  'relay-effects': 'EffectsRelayFunction',
  reconciler: 'ReconcilerFunction',
  'init-signing-key': 'SecretsInitSigningKey',
  'actions/verify-password': 'VerifyPassword',
  'actions/send-otp-sms': 'SendOtpSms',
  'actions/verify-otp': 'VerifyOtp',
  'actions/mint-session': 'MintSession',
  'actions/validate-payment': 'ValidatePayment',
  'actions/request-authorization': 'RequestAuthorization',
  'actions/check-capture': 'CheckCapture',
  'actions/request-capture': 'RequestCapture',
  'actions/void-authorization': 'VoidAuthorization',
  'actions/request-reversal': 'RequestReversal',
  'actions/ask-gateway': 'AskGateway',
  'actions/note-answer': 'NoteAnswer',
  'actions/reserve-inventory': 'ReserveInventory',
  'actions/create-payment-session': 'CreatePaymentSession',
  'actions/keep-payment-session': 'KeepPaymentSession',
  'actions/ask-payment-provider': 'AskPaymentProvider',
  'actions/expire-payment-session': 'ExpirePaymentSession',
  'actions/release-inventory': 'ReleaseInventory',
  'actions/commit-inventory': 'CommitInventory',
  'actions/restock-inventory': 'RestockInventory',
  'actions/send-fulfilment-command': 'SendFulfilmentCommand',
  'actions/ask-warehouse': 'AskWarehouse',
  'actions/refund-payment': 'RefundPayment',
  'actions/note-refund': 'NoteRefund',
  'actions/note-fulfilment': 'NoteFulfilment',
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

test('an environment has 4 KB at the most, and ours leaves room for names that are longer on AWS', () => {
  for (const [, { Properties }] of ofType(stack, 'AWS::Lambda::Function')) {
    const { Variables } = Properties['Environment'] as { Variables: { [name: string]: unknown } };
    const bytes = Object.entries(Variables)
      .map(([name, value]) => `${name}${text(value)}`)
      .join('').length;
    expect(bytes).toBeLessThan(3_000);
  }
});

describe('whoever waits, waits longer than what it waits for', () => {
  const seconds = (id: string) => Number(one(stack, 'AWS::Lambda::Function', id)[1].Properties['Timeout']);
  const tasks = Object.entries(asl.States).flatMap(([name, state]) =>
    'TimeoutSeconds' in state ? [{ name, ...state }] : [],
  );

  test.each(tasks)(
    'the definition for $name, its retries included, the resolver, the API, the gateway',
    (task) => {
      expect(seconds(task.name)).toBe(task.TimeoutSeconds);
      const [{ IntervalSeconds, BackoffRate, MaxAttempts }] = task.Retry as [(typeof task.Retry)[number]];
      const pauses = Array.from({ length: MaxAttempts }, (_, n) => IntervalSeconds * BackoffRate ** n);
      const longest = task.TimeoutSeconds * (1 + MaxAttempts) + pauses.reduce((sum, pause) => sum + pause, 0);
      expect(longest).toBeLessThanOrEqual(RESOLVER_TIMEOUT_MS / 1000);
      expect(RESOLVER_TIMEOUT_MS / 1000).toBeLessThan(seconds('ApiFunction'));
      expect(seconds('ApiFunction')).toBeLessThan(30);
    },
  );

  test('a try at an SMS, the call of it, the lease, the relay', async () => {
    const { requestHandler } = snsClient().config as unknown as {
      requestHandler: { configProvider: Promise<{ requestTimeout: number }> };
    };
    const { requestTimeout } = await requestHandler.configProvider;
    expect(requestTimeout).toBeGreaterThan(0);
    expect(requestTimeout).toBeLessThan(relayDefaults.timeoutMs);
    expect(relayDefaults.timeoutMs).toBeLessThan(relayDefaults.leaseMs);
    expect(relayDefaults.leaseMs).toBeLessThan(seconds('SmsRelayFunction') * 1000);
  });
});
