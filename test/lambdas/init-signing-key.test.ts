import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { publicKeys, signSession, verifySession } from '../../flows/mfa-login/session.ts';
import { captureOutput, context } from './support.ts';

const mock = mockClient(SecretsManagerClient);
const { handler } = await import('../../lambdas/init-signing-key.ts');

/** CloudFormation, at the address where it takes answers. */
let server: Server;
let answers: { [field: string]: unknown }[];
let output: ReturnType<typeof captureOutput>;

beforeEach(async () => {
  mock.reset();
  answers = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      answers.push({ method: request.method, type: request.headers['content-type'], ...JSON.parse(text) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  server.closeAllConnections();
  server.close();
});
afterAll(() => mock.restore());

const event = (RequestType: 'Create' | 'Update' | 'Delete') => {
  const { port } = server.address() as AddressInfo;
  return {
    RequestType,
    ResponseURL: `http://127.0.0.1:${port}/answer?signature=s`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'SigningKey',
    ResourceProperties: { SecretId: 'arn:signing' },
  } as unknown as CloudFormationCustomResourceEvent;
};
const puts = () => mock.commandCalls(PutSecretValueCommand).map(({ args: [{ input }] }) => input);

test('a new stack gets a key that signs, and nobody sees it', async () => {
  mock.on(PutSecretValueCommand).resolves({});
  await handler(event('Create'), context);
  const [put] = puts();
  expect(put).toMatchObject({
    SecretId: 'arn:signing',
    ClientRequestToken: expect.stringMatching(/^.{32,64}$/),
  });

  const key = put?.SecretString ?? '';
  const claims = {
    sub: 's',
    loginId: 'l',
    issuedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:15:00.000Z',
  };
  const names = { issuer: 'i', audience: 'a' };
  const token = await signSession(key, claims, names);
  expect(await verifySession(key, token, new Date('2026-01-01T00:01:00.000Z'), names)).toEqual(claims);
  expect((await publicKeys(key)).keys[0]).not.toHaveProperty('d');

  expect(answers).toEqual([
    {
      method: 'PUT',
      // The address is signed for an empty type: any other is refused.
      type: '',
      Status: 'SUCCESS',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'SigningKey',
      PhysicalResourceId: 'arn:signing',
    },
  ]);
  expect(output.text()).not.toMatch(/signature|"d"/);
});

test('a key that is there stays: the second value under one version is refused', async () => {
  mock.on(PutSecretValueCommand).rejects(Object.assign(new Error('x'), { name: 'ResourceExistsException' }));
  await handler(event('Update'), context);
  expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
});

test('CloudFormation is told of a failure, at once and by its name', async () => {
  mock
    .on(PutSecretValueCommand)
    .rejects(Object.assign(new Error('quotes'), { name: 'AccessDeniedException' }));
  await handler(event('Create'), context);
  expect(answers).toMatchObject([
    { Status: 'FAILED', Reason: 'the signing key could not be stored: AccessDeniedException' },
  ]);
});

test('a stack that goes leaves the secret alone', async () => {
  await handler(event('Delete'), context);
  expect(puts()).toEqual([]);
  expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'arn:signing' }]);
});
