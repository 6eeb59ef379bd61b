import { expect, test } from '@jest/globals';
import { secretsClient, snsClient, stepFunctionsClient } from '../../adapters/aws/clients.ts';
import { documentClient } from '../../adapters/aws/document-client.ts';

const all = { documentClient, secretsClient, snsClient, stepFunctionsClient };

test.each(Object.entries(all))('%s gives up in time, and can be traced', async (_name, make) => {
  const captured: unknown[] = [];
  const capture = <Client>(client: Client): Client => {
    captured.push(client);
    return client;
  };
  const client = make({ capture });
  expect(captured).toHaveLength(1);
  const handler = client.config.requestHandler as unknown as { configProvider: Promise<object> };
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
