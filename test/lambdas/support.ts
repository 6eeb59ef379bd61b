/** The Lambda functions with AWS played at the edge of the SDK. Import them with `await import`, after this file. */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { jest } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { TaskInput } from '../../core/action.ts';
import type { Step } from '../../core/types.ts';
import { testSecrets } from '../support/world.ts';

/** What the stack would set. */
export const environment = {
  TABLE_FLOWS: 'flows-1',
  TABLE_USERS: 'users-1',
  TABLE_QUOTAS: 'quotas-1',
  STATE_MACHINE_MFA_LOGIN: 'arn:aws:states:eu-west-1:111122223333:stateMachine:mfa-login',
  STATE_MACHINE_PAYMENT: 'arn:aws:states:eu-west-1:111122223333:stateMachine:payment',
  FACTS_BUS: 'facts-1',
  GATEWAY_URL: 'http://127.0.0.1:9',
  SECRET_OTP: 'arn:otp',
  SECRET_IDENTITY: 'arn:identity',
  SECRET_REQUESTS: 'arn:requests',
  SECRET_SIGNING: 'arn:signing',
  SECRET_GATEWAY: 'arn:gateway',
  MFA_LOGIN_SETTINGS: '{}',
  PAYMENT_SETTINGS: '{}',
  AWS_REGION: 'eu-west-1',
};

Object.assign(process.env, environment);

export const context = {
  functionName: 'function',
  invokedFunctionArn: 'arn:function',
  memoryLimitInMB: '512',
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 10_000,
} as Context;

export function fakeSecrets() {
  const mock = mockClient(SecretsManagerClient);
  mock.on(GetSecretValueCommand).callsFake(async ({ SecretId = '' }) => ({
    SecretString: await testSecrets(SecretId.replace('arn:', '')),
  }));
  return mock;
}

/** A phone network that notes what it is given, once it has failed in the ways that `failures` holds. */
export function fakeSns() {
  const mock = mockClient(SNSClient);
  const sent: { to: string; body: string }[] = [];
  const failures: Error[] = [];
  mock.on(PublishCommand).callsFake(async ({ PhoneNumber: to = '', Message: body = '' }) => {
    const failure = failures.shift();
    if (failure) throw failure;
    sent.push({ to, body });
    return { MessageId: `m-${sent.length}` };
  });
  return { mock, sent, failures };
}

/** Step Functions that runs definitions with `run`. */
export function fakeStepFunctions(run: (input: string) => Promise<unknown>) {
  const mock = mockClient(SFNClient);
  mock.on(StartSyncExecutionCommand).callsFake(async ({ input = '' }) => ({
    status: 'SUCCEEDED',
    output: JSON.stringify(await run(input)),
  }));
  return mock;
}

export type ActionHandler = (task: TaskInput, context: Context) => Promise<Step>;

/** All that the process writes, which is what CloudWatch would keep. */
export function captureOutput() {
  const written: string[] = [];
  const note = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(note),
    jest.spyOn(process.stderr, 'write').mockImplementation(note),
  ];
  return {
    text: () => written.join(''),
    lines: (): { [field: string]: unknown }[] =>
      written
        .join('')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
