import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { stepFunctionsClient } from '../../adapters/aws/clients.ts';
import { createSfnResolver } from '../../adapters/aws/sfn-resolver.ts';
import type { DefinitionInput } from '../../core/types.ts';

const mock = mockClient(SFNClient);
const resolver = createSfnResolver(stepFunctionsClient(), { 'mfa-login': 'arn:machine' }, 50);
const input: DefinitionInput = {
  flow: { name: 'mfa-login', id: 'a', state: 'New', version: 0 },
  event: { id: 'e', type: 'LoginRequested', payload: { password: 'hunter2' }, at: 'now' },
  now: 'now',
  step: { data: {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
};

beforeEach(() => void mock.reset());
afterAll(() => mock.restore());

const failure = async (flow = 'mfa-login') => {
  const error = await resolver.resolve(flow, input).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ code: 'resolver-failed', advice: 'retry' });
  expect(JSON.stringify([error?.message, error?.stack, error?.cause])).not.toContain('hunter2');
  return error?.message;
};

test('starts the execution of the flow and takes its output', async () => {
  mock.on(StartSyncExecutionCommand).resolves({ status: 'SUCCEEDED', output: '{"deferred":true}' });
  expect(await resolver.resolve('mfa-login', input)).toEqual({ deferred: true });
  expect(mock.commandCalls(StartSyncExecutionCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: 'arn:machine',
    name: expect.stringMatching(/^a-0-[0-9a-f]{8}$/),
    input: JSON.stringify(input),
  });
});

test.each([`${'x'.repeat(69)}`, 'a b', 'a/b', 'ä'.repeat(3), 'a:b'].map((id) => ({ id })))(
  'an id that no name may hold ($id) is left out: the execution must not fail for it',
  async ({ id }) => {
    mock.on(StartSyncExecutionCommand).resolves({ status: 'SUCCEEDED', output: '{"deferred":true}' });
    await resolver.resolve('mfa-login', { ...input, flow: { ...input.flow, id, version: 10 } });
    expect(mock.commandCalls(StartSyncExecutionCommand)[0]?.args[0].input).not.toHaveProperty('name');
  },
);

test('two executions at once for one version have different names', async () => {
  mock.on(StartSyncExecutionCommand).resolves({ status: 'SUCCEEDED', output: '{"deferred":true}' });
  await Promise.all([resolver.resolve('mfa-login', input), resolver.resolve('mfa-login', input)]);
  const [one, other] = mock.commandCalls(StartSyncExecutionCommand).map(({ args }) => args[0].input.name);
  expect(one).not.toBe(other);
});

test('an id of 68 characters and its version are a name', async () => {
  mock.on(StartSyncExecutionCommand).resolves({ status: 'SUCCEEDED', output: '{"deferred":true}' });
  const id = `${'x'.repeat(66)}_-`;
  await resolver.resolve('mfa-login', { ...input, flow: { ...input.flow, id, version: 10 } });
  expect(mock.commandCalls(StartSyncExecutionCommand)[0]?.args[0].input.name).toMatch(
    new RegExp(`^${id}-10-[0-9a-f]{8}$`),
  );
});

test.each([
  ['FAILED', 'States.Runtime'],
  ['TIMED_OUT', 'States.Timeout'],
] as const)(
  'HTTP 200 with the status %s is a failure, and its cause is not repeated',
  async (status, error) => {
    mock.on(StartSyncExecutionCommand).resolves({ status, error, cause: 'password hunter2', output: '{}' });
    expect(await failure()).toBe(`the execution of mfa-login failed: ${status} ${error}`);
  },
);

test('an error that is no name is not repeated either', async () => {
  mock.on(StartSyncExecutionCommand).resolves({ status: 'FAILED', error: 'it was "hunter2"' });
  expect(await failure()).toBe('the execution of mfa-login failed: FAILED ');
});

test('a success without output is a failure', async () => {
  mock.on(StartSyncExecutionCommand).resolves({ status: 'SUCCEEDED' });
  await failure();
});

test('a throttle is a failure', async () => {
  mock
    .on(StartSyncExecutionCommand)
    .rejects(Object.assign(new Error('hunter2'), { name: 'ThrottlingException' }));
  expect(await failure()).toBe('the execution of mfa-login failed: ThrottlingException');
});

test('a flow without a machine is a failure', async () => {
  await failure('payment');
});

// Last: from here on the client is a real one.
test('it does not wait for ever', async () => {
  mock.restore();
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  try {
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const client = new SFNClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${port}`,
      disableHostPrefix: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    await expect(createSfnResolver(client, { f: 'arn:x' }, 50).resolve('f', input)).rejects.toMatchObject({
      message: 'the execution of f failed: AbortError',
    });
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
