import * as sqs from '@aws-sdk/client-sqs';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { sqsClient } from '../../adapters/aws/clients.ts';
import { createSqsSender } from '../../adapters/aws/sqs-queue.ts';
import type { EffectFailure } from '../../core/errors.ts';

const URL = 'https://sqs.eu-west-1.amazonaws.com/111122223333/commands';
const mock = mockClient(sqs.SQSClient);
const sender = createSqsSender(sqsClient(), URL);
const { signal } = new AbortController();
const message = { id: 'order-1/4/1', body: { type: 'FulfilOrder', items: [{ sku: 'mug' }] }, signal };

beforeEach(() => void mock.reset());
afterAll(() => mock.restore());

test('sends the body as JSON, with its id beside it, and gives the id of the message as receipt', async () => {
  mock.on(sqs.SendMessageCommand).resolves({ MessageId: 'm-1' });
  expect(await sender.send(message)).toEqual({ receipt: 'm-1' });
  const [call, ...others] = mock.commandCalls(sqs.SendMessageCommand);
  expect(others).toEqual([]);
  expect(call?.args[0].input).toEqual({
    QueueUrl: URL,
    MessageBody: '{"type":"FulfilOrder","items":[{"sku":"mug"}]}',
    MessageAttributes: { id: { DataType: 'String', StringValue: 'order-1/4/1' } },
  });
  const [, options] = (call?.args ?? []) as unknown[];
  expect(options).toMatchObject({ abortSignal: signal });
});

/** The name of an error; the HTTP status of the answer, or the code of the system where there was none; what it means. */
type Failure = [name: string, answer: number | string, failure: EffectFailure];

/** All that the SDK declares for SendMessage are here, and what else SQS is known to say. */
// biome-ignore format: a table
const failures: Failure[] = [
  // This message, and it would be so again.
  ['InvalidMessageContents',                       400, 'permanent'],
  ['InvalidParameterValue',                        400, 'permanent'],
  ['InvalidParameterValueException',               400, 'permanent'],
  ['UnsupportedOperation',                         400, 'permanent'],
  ['AWS.SimpleQueueService.UnsupportedOperation',  400, 'permanent'],

  // Refused, for a reason that can be mended, or passes.
  ['QueueDoesNotExist',                            400, 'transient'],
  ['AWS.SimpleQueueService.NonExistentQueue',      400, 'transient'],
  ['AccessDenied',                                 403, 'transient'],
  ['AccessDeniedException',                        400, 'transient'],
  ['InvalidAddress',                               400, 'transient'],
  ['InvalidSecurity',                              403, 'transient'],
  ['KmsAccessDenied',                              400, 'transient'],
  ['KmsDisabled',                                  400, 'transient'],
  ['KmsInvalidKeyUsage',                           400, 'transient'],
  ['KmsInvalidState',                              400, 'transient'],
  ['KmsNotFound',                                  400, 'transient'],
  ['KmsOptInRequired',                             403, 'transient'],
  ['KmsThrottled',                                 400, 'transient'],
  ['RequestThrottled',                             403, 'transient'],
  ['ThrottlingException',                          400, 'transient'],
  ['ExpiredToken',                                 403, 'transient'],

  // It never left this machine.
  ['Error',                             'ECONNREFUSED', 'transient'],
  ['Error',                                'ENOTFOUND', 'transient'],
  ['Error',                                'EAI_AGAIN', 'transient'],
  ['CredentialsProviderError',                      '', 'transient'],

  // Nobody knows whether it is in the queue.
  ['TimeoutError',                                  '', 'ambiguous'],
  ['AbortError',                                    '', 'ambiguous'],
  ['Error',                               'ECONNRESET', 'ambiguous'],
  ['Error',                                    'EPIPE', 'ambiguous'],
  ['Error',                                'ETIMEDOUT', 'ambiguous'],
  ['InternalFailure',                              500, 'ambiguous'],
  ['ServiceUnavailable',                           503, 'ambiguous'],
];

/** As the SDK would throw it: of its own class where it has one. The message quotes what it should not. */
function errorOf([name, answer]: Failure): Error {
  const text = 'Invalid: {"type":"FulfilOrder"}';
  const $metadata = typeof answer === 'number' ? { httpStatusCode: answer } : {};
  const known = (sqs as unknown as { [name: string]: new (options: object) => Error })[name];
  if (known) return new known({ message: text, $metadata });
  const code = typeof answer === 'string' && answer !== '' ? { code: answer } : {};
  return Object.assign(new Error(text), { name, $metadata, ...code });
}

describe('a failure', () => {
  test.each(failures)('%s %s is %s', async (...row) => {
    const error = errorOf(row);
    mock.on(sqs.SendMessageCommand).rejects(error);
    const thrown = await sender.send(message).then(
      () => undefined,
      (reason: Error) => reason,
    );
    const [, , failure] = row;
    expect(thrown).toMatchObject({ failure, message: expect.not.stringContaining('FulfilOrder') });
    // Its reason is kept and shown: the bare name.
    expect(error.name).toContain(String(thrown?.message));
  });
});
