/** The tables of a stack: as CloudFormation tells them, and what the commands make of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { withRemedy } from '../../operations/command.ts';
import { outputOf } from '../../operations/stack.ts';
import { run } from './support.ts';

const region = 'eu-central-1';
const fault = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('the outputs of a stack', () => {
  const mock = mockClient(CloudFormationClient);
  const before = process.env['AWS_REGION'];
  beforeEach(() => {
    process.env['AWS_REGION'] = region;
  });
  afterEach(() => void mock.reset());
  afterAll(() => {
    mock.restore();
    if (before === undefined) delete process.env['AWS_REGION'];
    else process.env['AWS_REGION'] = before;
  });

  const answers = (
    StackStatus: 'CREATE_COMPLETE' | 'REVIEW_IN_PROGRESS' | 'ROLLBACK_COMPLETE',
    outputs = {},
  ) =>
    mock.on(DescribeStacksCommand, { StackName: 'Detent-staging' }).resolves({
      Stacks: [
        {
          ...{ StackName: 'Detent-staging', CreationTime: new Date(0), StackStatus },
          Outputs: Object.entries(outputs).map(([OutputKey, value]) => ({
            OutputKey,
            OutputValue: String(value),
          })),
        },
      ],
    });

  test('name the tables', async () => {
    answers('CREATE_COMPLETE', { ApiUrl: 'https://x', FlowsTable: 'flows-1', UsersTable: 'users-1' });
    expect(await outputOf('Detent-staging', 'FlowsTable')).toBe('flows-1');
    expect(await outputOf('Detent-staging', 'UsersTable')).toBe('users-1');
  });

  test('that is of something else', async () => {
    answers('CREATE_COMPLETE', { ApiUrl: 'https://x' });
    await expect(outputOf('Detent-staging', 'FlowsTable')).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('Detent-staging has no output FlowsTable'),
    });
  });

  test('that is not there', async () => {
    mock
      .on(DescribeStacksCommand)
      .rejects(fault('ValidationError', 'Stack with id Detent-staging does not exist'));
    await expect(outputOf('Detent-staging', 'FlowsTable')).rejects.toMatchObject({
      name: 'NotDeployed',
      message: expect.stringContaining(`no stack Detent-staging in ${region}`),
    });
  });

  test.each(['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE'] as const)(
    'that never was deployed: %s',
    async (status) => {
      answers(status);
      await expect(outputOf('Detent-staging', 'FlowsTable')).rejects.toMatchObject({ name: 'NotDeployed' });
    },
  );

  test.each([
    ['AccessDenied', 'may not do that'],
    ['ExpiredToken', 'expired'],
    ['InvalidClientTokenId', 'not valid there'],
    ['CredentialsProviderError', 'No credentials'],
    ['ValidationError', 'Check AWS_REGION'],
  ])(
    'that may not be read or cannot be: %s is no absence, and nothing of it is quoted',
    async (name, remedy) => {
      mock
        .on(DescribeStacksCommand)
        .rejects(fault(name, name === 'ValidationError' ? 'secret' : 'the secret does not exist'));
      const message = await outputOf('Detent-staging', 'FlowsTable').then(
        () => '',
        (error: Error) => `${error.name}: ${withRemedy(error.message)}`,
      );
      expect(message).toMatch(new RegExp(`^Error: CloudFormation failed: ${name}\\. .*${remedy}`));
      expect(message).not.toContain('secret');
    },
  );

  test.each(['', 'a b', `arn:aws:cloudformation:${region}:111111111111:stack/Detent-staging/1`])(
    'of %j are not asked for',
    async (name) => {
      await expect(outputOf(name, 'FlowsTable')).rejects.toMatchObject({ name: 'UsageError' });
      expect(mock.calls()).toHaveLength(0);
    },
  );
});

/** As much of AWS as the commands ask: one stack, `Detent-staging`, with a login in a state of the given name. */
function standIn() {
  const login = { state: 'WaitForOtpInput' };
  const asked: string[] = [];
  const xml = (status: number, body: string) => ({ status, type: 'text/xml', body });
  const json = (body: object) => ({
    status: 200,
    type: 'application/x-amz-json-1.0',
    body: JSON.stringify(body),
  });
  const describeStacks = (stack: string | null) => {
    if (stack !== 'Detent-staging') {
      const message = `Stack with id ${stack} does not exist`;
      return xml(
        400,
        `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    }
    const outputs = ['FlowsTable', 'UsersTable'].map(
      (name) => `<member><OutputKey>${name}</OutputKey><OutputValue>the-${name}</OutputValue></member>`,
    );
    return xml(
      200,
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Detent-staging</StackName>` +
        `<StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${outputs.join('')}</Outputs></member></Stacks>` +
        `</DescribeStacksResult></DescribeStacksResponse>`,
    );
  };
  const scan = () => {
    const fields = { flow: 'mfa-login', flowId: 'abcdefghij', state: login.state };
    const Items = [Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { S: value }]))];
    return json({ Items, Count: 1, ScannedCount: 1 });
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    asked.push(operation ? `${operation} ${JSON.parse(text).TableName}` : 'DescribeStacks');
    const answer =
      operation === undefined
        ? describeStacks(new URLSearchParams(text).get('StackName'))
        : operation === 'Scan'
          ? scan()
          : json({});
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  return { server, login, asked };
}

describe('a command that is told a stack', () => {
  const { server, login, asked } = standIn();
  let env: { [name: string]: string } = {};
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    env = {
      ...{
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_REGION: region,
      },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    };
  });
  beforeEach(() => {
    login.state = 'WaitForOtpInput';
    asked.length = 0;
  });
  afterAll(() => void server.close());
  const tell = (name: string, stack: string, args: string[] = []) =>
    run(name, [...args, '--stack', stack], '', env);

  test('check:definitions passes, or refuses, by the instances of its table', async () => {
    expect(await tell('check-definitions', 'Detent-staging')).toMatchObject({ code: 0, stderr: '' });
    expect(asked).toEqual(['DescribeStacks', 'Scan the-FlowsTable']);
    login.state = 'WaitForNobody';
    expect(await tell('check-definitions', 'Detent-staging')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('REFUSED: mfa-login: 1 instance in WaitForNobody'),
    });
  });

  test('check:definitions passes a first deployment, and says so', async () => {
    expect(await tell('check-definitions', 'Detent-production')).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /no stack Detent-production in eu-central-1.* first deployment can strand nothing/,
      ),
      stderr: '',
    });
  });

  test('check:definitions without credentials or a region knows nothing', async () => {
    const without = (variable: string) =>
      Object.fromEntries(Object.entries(env).filter(([name]) => name !== variable));
    const elsewhere = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };
    const anonymous = { ...without('AWS_ACCESS_KEY_ID'), ...elsewhere };
    const nowhere = { ...without('AWS_REGION'), ...elsewhere };
    for (const given of [anonymous, nowhere]) {
      expect(await run('check-definitions', ['--stack', 'Detent-staging'], '', given)).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^CloudFormation failed: \w+\. (No credentials|Check AWS_REGION)/),
      });
    }
    expect(asked).toEqual([]);
  });

  test('migrate reads its table, and refuses what is not there', async () => {
    expect(await tell('migrate', 'Detent-staging')).toMatchObject({ code: 0, stderr: '' });
    expect(asked).toEqual(['DescribeStacks', 'Scan the-FlowsTable']);
    expect(await tell('migrate', 'Detent-production')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('no stack Detent-production'),
    });
  });

  test('users writes to its table, and refuses what is not there', async () => {
    expect(await tell('users', 'Detent-staging', ['remove', 'ann'])).toMatchObject({ code: 0 });
    expect(asked[0]).toBe('DescribeStacks');
    expect(asked.slice(1).join()).toMatch(/the-UsersTable|TransactWriteItems/);
    expect(await tell('users', 'Detent-production', ['remove', 'ann'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('no stack Detent-production'),
    });
  });
});
