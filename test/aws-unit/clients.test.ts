import { expect, test } from '@jest/globals';
import {
  eventBridgeClient,
  secretsClient,
  snsClient,
  sqsClient,
  stepFunctionsClient,
} from '../../adapters/aws/clients.ts';
import { documentClient } from '../../adapters/aws/document-client.ts';

const all = { documentClient, eventBridgeClient, secretsClient, snsClient, sqsClient, stepFunctionsClient };

test.each(Object.entries(all))('%s gives up in time', async (_name, make) => {
  const handler = make().config.requestHandler as unknown as { configProvider: Promise<object> };
  expect(await handler.configProvider).toMatchObject({
    connectionTimeout: 1_000,
    requestTimeout: expect.any(Number),
    throwOnRequestTimeout: true,
  });
});

test('an emulator resolves no host prefix', () => {
  expect(stepFunctionsClient({ emulated: true }).config.disableHostPrefix).toBe(true);
  expect(stepFunctionsClient().config.disableHostPrefix).toBe(false);
});
