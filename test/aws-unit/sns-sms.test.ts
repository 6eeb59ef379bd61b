import * as sns from '@aws-sdk/client-sns';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { snsClient } from '../../adapters/aws/clients.ts';
import { createSnsSender } from '../../adapters/aws/sns-sms.ts';

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
  const failing = async (error: Error) => {
    mock.on(sns.PublishCommand).rejects(error);
    const thrown = await sender.send(message).then(
      () => undefined,
      (one: Error & { failure?: string }) => one,
    );
    expect(thrown?.message).not.toMatch(/5555|123456/);
    return thrown?.failure;
  };
  const text = 'Invalid parameter: +15555550100: 123456';
  const metadata = (httpStatusCode: number) => ({
    message: text,
    Message: text,
    $metadata: { httpStatusCode },
  });

  // The SDK's own classes: their names are what the table has to know.
  const modelled: [Error, string][] = [
    [new sns.InvalidParameterException(metadata(400)), 'permanent'],
    [new sns.InvalidParameterValueException(metadata(400)), 'permanent'],
    [new sns.ValidationException(metadata(400)), 'permanent'],
    [new sns.AuthorizationErrorException(metadata(403)), 'permanent'],
    [new sns.OptedOutException(metadata(400)), 'permanent'],
    [new sns.EndpointDisabledException(metadata(400)), 'permanent'],
    [new sns.NotFoundException(metadata(404)), 'permanent'],
    [new sns.InternalErrorException(metadata(500)), 'transient'],
    [new sns.ThrottledException(metadata(429)), 'transient'],
    [new sns.KMSThrottlingException(metadata(400)), 'transient'],
  ];
  test.each(modelled.map(([error, failure]) => ({ name: error.name, error, failure })))(
    '$name is $failure',
    async ({ error, failure }) => {
      expect(await failing(error)).toBe(failure);
    },
  );

  test.each([
    ['Throttling', 400, 'transient'],
    ['ThrottlingException', 400, 'transient'],
    ['ServiceUnavailable', 503, 'transient'],
    ['ExpiredToken', 403, 'transient'],
    ['SomethingNew', 400, 'transient'],
    ['SomethingNew', 502, 'ambiguous'],
  ])('%s with HTTP %i is %s', async (name, status, failure) => {
    expect(await failing(Object.assign(new Error(text), { name, ...metadata(status) }))).toBe(failure);
  });

  test.each([
    ['TimeoutError', undefined, 'ambiguous'],
    ['AbortError', undefined, 'ambiguous'],
    ['Error', 'ECONNRESET', 'ambiguous'],
    ['Error', 'EPIPE', 'ambiguous'],
    ['Error', 'ECONNREFUSED', 'transient'],
    ['Error', 'ENOTFOUND', 'transient'],
    ['CredentialsProviderError', undefined, 'transient'],
  ])('%s %s without an answer is %s', async (name, code, failure) => {
    expect(await failing(Object.assign(new Error(text), { name, code }))).toBe(failure);
  });
});
