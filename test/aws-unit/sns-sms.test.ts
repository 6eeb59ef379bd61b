import * as sns from '@aws-sdk/client-sns';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { snsClient } from '../../adapters/aws/clients.ts';
import { createSnsSender } from '../../adapters/aws/sns-sms.ts';
import { snsError, snsFailures, titled } from './sns-failures.ts';

const mock = mockClient(sns.SNSClient);
const sender = createSnsSender(snsClient());
const signal = new AbortController().signal;
const message = { to: '+15555550100', body: '123456 is your code', effectId: 'a/1/1', origin: {}, signal };

beforeEach(() => void mock.reset());
afterAll(() => mock.restore());

test('publishes to the number, as transactional, and gives the id as receipt', async () => {
  mock.on(sns.PublishCommand).resolves({ MessageId: 'm-1' });
  expect(await sender.send(message)).toEqual({ receipt: 'm-1' });
  const call = mock.commandCalls(sns.PublishCommand)[0];
  const [, options] = (call?.args ?? []) as unknown[];
  expect(call?.args[0].input).toEqual({
    PhoneNumber: '+15555550100',
    Message: '123456 is your code',
    MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
  });
  expect(options).toMatchObject({ abortSignal: signal });
});

test('one call is one try: the SDK repeats nothing by itself', async () => {
  expect(await snsClient().config.maxAttempts()).toBe(1);
});

describe('a failure', () => {
  test.each(titled(snsFailures))('$title is $failure', async ({ row, name, failure }) => {
    mock.on(sns.PublishCommand).rejects(snsError(row));
    const thrown = await sender.send(message).then(
      () => undefined,
      (error: Error) => error,
    );
    // Its reason is kept and logged: the name, and nothing of the message.
    expect(thrown).toMatchObject({ failure, message: name });
    expect(mock.commandCalls(sns.PublishCommand)).toHaveLength(1);
  });
});
