import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { eventBridgeClient } from '../../adapters/aws/clients.ts';
import { createEventBridgePublisher } from '../../adapters/aws/event-bridge.ts';
import type { Publication } from '../../core/publication.ts';

const mock = mockClient(EventBridgeClient);
const publish = createEventBridgePublisher(eventBridgeClient(), 'facts-1');
const { signal } = new AbortController();
const message: Publication = {
  ...{ flow: 'payment', flowId: 'pay-1', version: 3, at: '2026-11-27T10:00:00.123Z' },
  event: { id: 'pay-1/2/1/result', type: 'AuthApproved', at: '2026-11-27T10:00:00.100Z' },
  ...{ from: 'Authorizing', to: 'Authorized', hash: 'a-hash' },
  facts: [{ type: 'AuthorizationApproved', amount: { value: 1_290, currency: 'EUR' } }],
};

beforeEach(() => void mock.reset());
afterAll(() => mock.restore());

const thrown = () =>
  publish(message, signal).then(
    () => undefined,
    (error: Error) => error,
  );

test('one event for each message: of its flow, at the time of its transition, on the one bus', async () => {
  mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] });
  await publish(message, signal);
  const [call, ...others] = mock.commandCalls(PutEventsCommand);
  expect(others).toEqual([]);
  const { Entries = [] } = call?.args[0].input ?? {};
  expect(Entries).toEqual([
    {
      EventBusName: 'facts-1',
      Source: 'detent.payment',
      DetailType: 'Transition',
      Time: new Date(message.at),
      Detail: expect.any(String),
    },
  ]);
  expect(JSON.parse(Entries[0]?.Detail ?? '')).toEqual(message);
  const [, options] = (call?.args ?? []) as unknown[];
  expect(options).toMatchObject({ abortSignal: signal });
});

describe('what was not taken is never called done', () => {
  test('an answer that takes the request, and not the event', async () => {
    const Entries = [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'quotes what was sent' }];
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries });
    expect(await thrown()).toMatchObject({ failure: 'transient', message: 'ThrottlingException' });
  });

  test('the same without a code', async () => {
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 1 });
    expect(await thrown()).toMatchObject({ failure: 'transient', message: 'unknown' });
  });

  test.each([
    ['AccessDeniedException', 400, 'transient'],
    ['ThrottlingException', 400, 'transient'],
    ['ResourceNotFoundException', 400, 'transient'],
    ['InternalException', 500, 'ambiguous'],
    ['TimeoutError', undefined, 'ambiguous'],
    ['AbortError', undefined, 'ambiguous'],
    ['Error', undefined, 'ambiguous'],
  ])('%s %s is %s', async (name, httpStatusCode, failure) => {
    const error = Object.assign(new Error('quotes what was sent'), { name, $metadata: { httpStatusCode } });
    mock.on(PutEventsCommand).rejects(error);
    // Its reason is kept and shown: the name, and nothing of the message.
    expect(await thrown()).toMatchObject({ failure, message: name });
  });
});
