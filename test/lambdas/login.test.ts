/** A login through the Lambda functions, from the API event to the session, and all that must not be in their logs. */

import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2, DynamoDBStreamEvent } from 'aws-lambda';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import type { DefinitionInput } from '../../core/types.ts';
import { mfaLogin } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { demoUser, putUser } from '../../local/users.ts';
import { fakeDynamo } from '../aws-unit/fake-dynamo.ts';
import { cheapCost } from '../support/world.ts';
import {
  type ActionHandler,
  captureOutput,
  context,
  environment,
  fakeSecrets,
  fakeSns,
  fakeStepFunctions,
} from './support.ts';

const dynamo = fakeDynamo();
const secrets = fakeSecrets();
const sns = fakeSns();
const output = captureOutput();

const [{ DynamoTable }, { documentClient }] = await Promise.all([
  import('../../adapters/aws/dynamo-table.ts'),
  import('../../adapters/aws/document-client.ts'),
]);
const api = await import('../../lambdas/api.ts');
const relay = await import('../../lambdas/relay-sms.ts');
const reconciler = await import('../../lambdas/reconciler.ts');
const actions = {
  VerifyPassword: await import('../../lambdas/actions/verify-password.ts'),
  SendOtpSms: await import('../../lambdas/actions/send-otp-sms.ts'),
  VerifyOtp: await import('../../lambdas/actions/verify-otp.ts'),
  MintSession: await import('../../lambdas/actions/mint-session.ts'),
};

const { definition } = mfaLogin(defaultSettings);
const runner = createAslResolver({ 'mfa-login': definition }, (name, task) => {
  const { handler } = actions[name as keyof typeof actions];
  return (handler as unknown as ActionHandler)(task, context);
});
let broken = false;
const stepFunctions = fakeStepFunctions(async (input) =>
  broken ? { no: 'output' } : runner.resolve('mfa-login', JSON.parse(input)),
);

/** What the executions so far were given. */
const executions = () =>
  stepFunctions
    .commandCalls(StartSyncExecutionCommand)
    .map(({ args: [{ input }] }) => JSON.parse(input.input ?? '') as DefinitionInput);

async function request(method: string, path: string, body?: object, headers = {}) {
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'api.test', ...(body && { 'content-type': 'application/json' }), ...headers },
    requestContext: { http: { method, path, sourceIp: '192.0.2.7' }, domainName: 'api.test' },
    isBase64Encoded: false,
    ...(body && { body: JSON.stringify(body) }),
  } as unknown as APIGatewayProxyEventV2;
  const answer = (await api.handler(event as never, context)) as { statusCode: number; body: string };
  return { status: answer.statusCode, body: answer.body ? JSON.parse(answer.body) : undefined };
}

/** What the stream would hand to the relay: every entry as it is in the table. */
function stream(): DynamoDBStreamEvent {
  const entries = [...(dynamo.tables.get('flows-1')?.values() ?? [])].filter(({ sk }) =>
    String(sk).startsWith('entry#'),
  );
  const Records = entries.map((item, n) => ({
    eventName: 'INSERT',
    dynamodb: { NewImage: marshall(item), SequenceNumber: String(n) },
  }));
  return { Records } as unknown as DynamoDBStreamEvent;
}

beforeAll(() => {
  const { TABLE_USERS: users } = environment;
  return putUser(new DynamoTable(documentClient(), { users }), demoUser, cheapCost);
});
afterAll(() => {
  output.restore();
  for (const mock of [dynamo.mock, secrets, sns.mock, stepFunctions]) mock.restore();
});

let token = '';
let code = '';

test('the password begins a login, and the code goes out by SMS, once', async () => {
  const { username, password, phone } = demoUser;
  const begun = await request('POST', '/logins', { username, password });
  expect(begun).toMatchObject({ status: 201, body: { state: 'WaitForOtpInput', phone: '+1•••••••0100' } });

  expect(await relay.handler(stream(), context)).toEqual({ batchItemFailures: [] });
  expect(await relay.handler(stream(), context)).toEqual({ batchItemFailures: [] });
  expect(sns.sent).toHaveLength(1);
  expect(sns.sent[0]?.to).toBe(phone);
  code = sns.sent[0]?.body.slice(0, 6) ?? '';

  const done = await request('POST', `/logins/${begun.body.loginId}/otp`, { code });
  expect(done).toMatchObject({ status: 200, body: { state: 'LoggedIn' } });
  token = done.body.session.token;
  expect(await request('GET', '/session', undefined, { authorization: `Bearer ${token}` })).toMatchObject({
    status: 200,
    body: { sub: username, loginId: begun.body.loginId },
  });
});

test('one search finds all lines of a login: of the API, the actions and the relay', async () => {
  const before = output.lines().length;
  const { username, password } = demoUser;
  const { body } = await request('POST', '/logins', { username, password });
  await relay.handler(stream(), context);
  const lines = output.lines().slice(before);
  expect(lines.map((line) => line['correlation_id'])).toEqual(lines.map(() => body.loginId));
  const logged = lines.filter((line) => !('_aws' in line));
  // Where two got in each other's way, an action ran twice.
  expect(new Set(logged.map(({ message, action }) => action ?? message))).toEqual(
    new Set(['VerifyPassword', 'SendOtpSms', 'delivered', 'effect']),
  );
});

test('a request that fails is found by the login too, and the next one has nothing of it', async () => {
  const { username, password } = demoUser;
  const before = output.lines().length;
  const since = (name: string) =>
    output
      .lines()
      .slice(before)
      .find(({ message }) => message === name);
  broken = true;
  expect((await request('POST', '/logins', { username, password })).status).toBe(500);
  broken = false;
  const failed = executions().at(-1)?.flow.id;
  expect(since('failure')).toMatchObject({ level: 'ERROR', where: 'api', correlation_id: failed });

  await request('POST', '/logins', { username, password: 'wrong' });
  const next = executions().at(-1)?.flow.id;
  expect(next).not.toBe(failed);
  expect(since('delivered')).toMatchObject({ correlation_id: next });
});

test('the address of whoever asks is what the gateway saw, whatever the headers claim', async () => {
  const { username } = demoUser;
  const body = { username, password: 'wrong' };
  await request('POST', '/logins', body, {
    'x-forwarded-for': '198.51.100.9',
    forwarded: 'for=198.51.100.9',
  });
  expect(executions().at(-1)?.event.payload['source']).toBe('192.0.2.7');
});

test('addresses that do not exist are answered like all others', async () => {
  expect(await request('GET', '/nowhere')).toMatchObject({
    status: 404,
    body: { type: 'urn:detent:problem:not-found' },
  });
  expect((await request('GET', `/logins/${'x'.repeat(3_000)}`)).status).toBe(404);
});

test('a pass of the reconciler finds nothing to do', async () => {
  expect(await reconciler.handler({}, context)).toEqual({ records: 0, entries: 0, failures: 0 });
});

describe('an SMS whose fate is unknown is counted', () => {
  /** How often the metric was counted, in all that was written so far. */
  const counted = () =>
    output
      .lines()
      .flatMap((line) => line['EffectUnknown'] ?? [])
      .reduce<number>((sum, value) => sum + Number(value), 0);
  const begin = async () => {
    const { username, password } = demoUser;
    return (await request('POST', '/logins', { username, password })).body.loginId;
  };
  /** The entry of a login, for the test to age. */
  const entry = (loginId: string) =>
    [...(dynamo.tables.get('flows-1')?.values() ?? [])].find(
      ({ pk, sk }) => pk === `mfa-login#${loginId}` && String(sk).startsWith('entry#'),
    );
  const life = (loginId: string) =>
    (entry(loginId)?.['delivery'] as { [effect: string]: object } | undefined)?.[`${loginId}/1/1`];
  const past = '2000-01-01T00:00:00.000Z';
  const age = (loginId: string, change: object) => Object.assign(life(loginId) ?? {}, change);

  test('where SNS did not answer in time: once, and it is sent again', async () => {
    const loginId = await begin();
    const before = [counted(), sns.sent.length] as const;
    sns.failures.push(Object.assign(new Error('+15555550100'), { name: 'TimeoutError' }));
    await relay.handler(stream(), context);
    expect(life(loginId)).toMatchObject({ status: 'unknown', attempt: 1, reason: 'TimeoutError' });
    expect(counted()).toBe(before[0] + 1);
    age(loginId, { nextAt: past });
    await relay.handler(stream(), context);
    expect(life(loginId)).toMatchObject({ status: 'delivered', attempt: 2 });
    expect([counted(), sns.sent.length]).toEqual([before[0] + 1, before[1] + 1]);
  });

  test('where its function ended with it: once, when the lease has run out', async () => {
    const loginId = await begin();
    const before = [counted(), sns.sent.length] as const;
    age(loginId, { status: 'claimed', attempt: 1, leaseUntil: '2999-01-01T00:00:00.000Z' });
    await relay.handler(stream(), context);
    expect([counted(), sns.sent.length]).toEqual(before);
    age(loginId, { leaseUntil: past });
    await relay.handler(stream(), context);
    expect(life(loginId)).toMatchObject({ status: 'delivered', attempt: 2 });
    expect([counted(), sns.sent.length]).toEqual([before[0] + 1, before[1] + 1]);
  });
});

test('what no relay can use does not come again, and is told', async () => {
  const common = { pk: 'mfa-login#bad', sk: 'entry#0000000001', flow: 'mfa-login', flowId: 'bad' };
  const complete = { ...common, version: 1, revision: 0, effects: [], delivery: {} };
  const bad = [common, { ...complete, effects: [null] }, { ...complete, delivery: 'none' }];
  const Records = bad.map((item, n) => {
    const { pk, sk } = item;
    return {
      dynamodb: { Keys: marshall({ pk, sk }), NewImage: marshall(item), SequenceNumber: String(n) },
    };
  });
  const before = output.lines().length;
  expect(await relay.handler({ Records } as unknown as DynamoDBStreamEvent, context)).toEqual({
    batchItemFailures: [],
  });
  const told = output.lines().slice(before);
  const failures = told.filter(({ message }) => message === 'failure');
  expect(failures).toHaveLength(3);
  for (const one of failures) {
    expect(one).toMatchObject({ level: 'ERROR', where: 'relay', correlation_id: 'bad' });
    expect(one['error']).toContain('Detent.invalid-entry');
  }
  expect(told.filter((line) => line['Failure'] === 1)).toHaveLength(3);
});

test('what cannot be written down comes again', async () => {
  const { username, password } = demoUser;
  await request('POST', '/logins', { username, password });
  const batch = stream();
  const sent = sns.sent.length;
  dynamo.mock.rejects(Object.assign(new Error('x'), { name: 'InternalServerError' }));
  const { batchItemFailures } = await relay.handler(batch, context);
  expect(batchItemFailures).toEqual([{ itemIdentifier: String(batch.Records.length - 1) }]);
  expect(sns.sent).toHaveLength(sent);
  expect((await request('POST', '/logins', { username, password })).status).toBe(503);
});

test('no log line holds the password, the code, the token or the number', () => {
  expect(output.lines().length).toBeGreaterThan(10);
  for (const secret of [demoUser.password, code, token, demoUser.phone]) {
    expect(secret).not.toBe('');
    expect(output.text()).not.toContain(secret);
  }
});

test('signals are counted', () => {
  const metrics = output.lines().filter((line) => '_aws' in line);
  const names = new Set(metrics.flatMap((line) => Object.keys(line)));
  expect([...names]).toEqual(expect.arrayContaining(['EventApplied', 'EffectDelivered', 'OverdueRecords']));
});
