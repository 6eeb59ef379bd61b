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

/** ARNs of the queues that others send to. */
export const queues = {
  replies: 'arn:aws:sqs:eu-west-1:111122223333:replies',
  operators: 'arn:aws:sqs:eu-west-1:111122223333:operators',
};

/** What the stack would set. */
export const environment = {
  TABLE_FLOWS: 'flows-1',
  TABLE_USERS: 'users-1',
  TABLE_QUOTAS: 'quotas-1',
  TABLE_INVENTORY: 'inventory-1',
  STATE_MACHINES: JSON.stringify(
    Object.fromEntries(
      ['mfa-login', 'payment', 'checkout'].map((flow) => [
        flow,
        `arn:aws:states:eu-west-1:111122223333:stateMachine:${flow}`,
      ]),
    ),
  ),
  FLOW_SETTINGS: '{}',
  FACTS_BUS: 'facts-1',
  GATEWAY_URL: 'http://127.0.0.1:9',
  WAREHOUSE_QUEUE: 'https://sqs.eu-west-1.amazonaws.com/111122223333/commands',
  INTAKE_SOURCES: JSON.stringify({ [queues.replies]: 'warehouse', [queues.operators]: 'operator' }),
  SECRET_OTP: 'arn:otp',
  SECRET_IDENTITY: 'arn:identity',
  SECRET_REQUESTS: 'arn:requests',
  SECRET_SIGNING: 'arn:signing',
  SECRET_GATEWAY: 'arn:gateway',
  SECRET_WEBHOOK: 'arn:webhook',
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
