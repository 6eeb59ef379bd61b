/** A trace goes on from function to service: the SDK itself sends what the runtime says of it. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { secretsClient, snsClient, stepFunctionsClient } from '../../adapters/aws/clients.ts';
import { documentClient } from '../../adapters/aws/document-client.ts';

const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
const received: IncomingHttpHeaders[] = [];
/** A service that takes note and refuses: nothing is tried again. */
const server = createServer(({ headers }, response) => {
  received.push(headers);
  response.writeHead(400, { 'content-type': 'application/json' }).end('{"__type":"Refused"}');
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  // A profile of the shell would win over these.
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_LAMBDA_FUNCTION_NAME: 'function',
  });
});
beforeEach(() => void received.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const calls: { [client: string]: () => Promise<unknown> } = {
  stepFunctions: () =>
    stepFunctionsClient({ emulated: true }).send(new StartSyncExecutionCommand({ stateMachineArn: 'arn:x' })),
  secrets: () => secretsClient().send(new GetSecretValueCommand({ SecretId: 'x' })),
  dynamo: () => documentClient().send(new GetCommand({ TableName: 'x', Key: { pk: 'x' } })),
  sns: () => snsClient().send(new PublishCommand({ PhoneNumber: 'x', Message: 'x' })),
};

test.each(Object.entries(calls))('%s is told the trace of the invocation', async (_client, call) => {
  process.env['_X_AMZN_TRACE_ID'] = trace;
  await expect(call()).rejects.toThrow();
  expect(received.map((headers) => headers['x-amzn-trace-id'])).toEqual([trace]);
});

test('each call has the trace of its own invocation', async () => {
  const client = secretsClient();
  for (const one of ['Root=1-a', 'Root=1-b']) {
    process.env['_X_AMZN_TRACE_ID'] = one;
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toThrow();
  }
  expect(received.map((headers) => headers['x-amzn-trace-id'])).toEqual(['Root=1-a', 'Root=1-b']);
});

test('where nothing is traced, nothing is sent', async () => {
  delete process.env['_X_AMZN_TRACE_ID'];
  await expect(calls['secrets']?.()).rejects.toThrow();
  expect(received.map((headers) => headers['x-amzn-trace-id'])).toEqual([undefined]);
});
