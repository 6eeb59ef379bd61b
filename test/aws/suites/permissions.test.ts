/** What the roles of the deployed functions may do, as IAM judges them; and that the services ask IAM. */
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outputs } from '../emulator/deploy.ts';
import { type Deployment, deployment, type FunctionName } from '../support/deployment.ts';

const iam = new IAMClient();

/** Everything that a function might want to do, by what it would do it to. A superset of what any may. */
const wishes = {
  table: [
    ...['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'DeleteItem'],
    ...['ConditionCheckItem', 'BatchWriteItem', 'DescribeTable', 'DeleteTable'],
  ].map((action) => `dynamodb:${action}`),
  index: ['dynamodb:Query', 'dynamodb:Scan'],
  stream: ['dynamodb:DescribeStream', 'dynamodb:GetShardIterator', 'dynamodb:GetRecords'],
  secret: ['GetSecretValue', 'PutSecretValue', 'DeleteSecret'].map((action) => `secretsmanager:${action}`),
  stateMachine: ['StartSyncExecution', 'StartExecution', 'DescribeStateMachine'].map(
    (one) => `states:${one}`,
  ),
  function: ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode'],
  sns: ['sns:Publish', 'sns:Subscribe'],
  queue: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
};

/** What is deployed: its ARN, and what one might want of it. */
type Things = { [name: string]: [arn: string, wishes: string[]] };

let deployed: Deployment;
let things: Things;
const roles = {} as { [name in FunctionName]: string };
beforeAll(async () => {
  deployed = await deployment();
  const variables: { [name: string]: string } = {};
  for (const [name, FunctionName] of Object.entries(deployed.functions)) {
    const {
      Role = '',
      Environment,
      FunctionArn = '',
    } = await new LambdaClient().send(new GetFunctionConfigurationCommand({ FunctionName }));
    roles[name as FunctionName] = Role;
    Object.assign(variables, Environment?.Variables, { [name]: FunctionArn });
  }
  const of = (name: string): string => variables[name] ?? `there is no ${name}`;
  const { AlarmTopic = '' } = outputs()['Detent-dev'] ?? {};
  const { DestinationConfig } = await new LambdaClient().send(
    new GetEventSourceMappingCommand({ UUID: deployed.streamMapping }),
  );
  things = {
    ...(await tablesOf(deployed)),
    otp: [of('SECRET_OTP'), wishes.secret],
    identity: [of('SECRET_IDENTITY'), wishes.secret],
    requests: [of('SECRET_REQUESTS'), wishes.secret],
    signing: [of('SECRET_SIGNING'), wishes.secret],
    login: [deployed.stateMachine, wishes.stateMachine],
    mintSession: [of('mintSession'), wishes.function],
    // A phone number is no resource.
    phone: ['*', ['sns:Publish']],
    topic: [AlarmTopic, wishes.sns],
    queue: [DestinationConfig?.OnFailure?.Destination ?? 'there is no queue', wishes.queue],
  };
});

async function tablesOf({ tables }: Deployment): Promise<Things> {
  const found: Things = {};
  for (const [name, TableName] of Object.entries(tables)) {
    const { Table } = await new DynamoDBClient().send(new DescribeTableCommand({ TableName }));
    const { TableArn = '', LatestStreamArn } = Table ?? {};
    found[name] = [TableArn, wishes.table];
    if (LatestStreamArn === undefined) continue;
    found['stream'] = [LatestStreamArn, wishes.stream];
    found['due'] = [`${TableArn}/index/due`, wishes.index];
  }
  return found;
}

const nameOf = (roleArn: string): string => roleArn.split('/').at(-1) ?? '';

/** All wishes that come true, as `<thing> <action>`. */
async function granted(roleArn: string): Promise<string[]> {
  const all: string[] = [];
  for (const [thing, [arn, actions]] of Object.entries(things)) {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: actions,
        ResourceArns: [arn],
        // MiniStack does not evaluate this key, neither here nor on calls: that only these partitions of `users` are open
        // is held by the tests of the stack's policies.
        ContextEntries: [
          {
            ...{ ContextKeyName: 'dynamodb:LeadingKeys', ContextKeyType: 'stringList' },
            ContextKeyValues: ['failures#somebody'],
          },
        ],
      }),
    );
    expect(EvaluationResults).toHaveLength(actions.length);
    for (const { EvalActionName, EvalDecision } of EvaluationResults)
      if (EvalDecision === 'allowed') all.push(`${thing} ${EvalActionName}`);
  }
  return all.sort();
}

const may = (thing: string, service: string, ...actions: string[]): string[] =>
  actions.map((action) => `${thing} ${service}:${action}`);
const reads = (table: string): string[] => may(table, 'dynamodb', 'GetItem');
const secrets = (...names: string[]): string[] =>
  names.flatMap((name) => may(name, 'secretsmanager', 'GetSecretValue'));
const deliver = [
  ...may('flows', 'dynamodb', 'GetItem', 'PutItem'),
  ...may('users', 'dynamodb', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
  ...may('quotas', 'dynamodb', 'PutItem', 'UpdateItem'),
  ...may('login', 'states', 'StartSyncExecution'),
];
const sends = may('phone', 'sns', 'Publish');

test.each<[FunctionName, string[]]>([
  ['verifyPassword', [...reads('users'), ...secrets('identity')]],
  ['sendOtpSms', [...reads('quotas'), ...secrets('identity')]],
  ['verifyOtp', [...reads('users'), ...secrets('identity', 'otp')]],
  ['mintSession', secrets('signing')],
  ['api', [...deliver, ...secrets('requests', 'signing')]],
  [
    'relay',
    [
      ...[...deliver, ...secrets('requests', 'otp'), ...sends, ...may('queue', 'sqs', 'SendMessage')],
      ...may('stream', 'dynamodb', 'DescribeStream', 'GetShardIterator', 'GetRecords'),
    ],
  ],
  ['reconciler', [...deliver, ...secrets('requests', 'otp'), ...sends, ...may('due', 'dynamodb', 'Query')]],
])('%s may do this, and nothing else that there is to do', async (name, expected) => {
  expect(await granted(roles[name])).toEqual([...expected].sort());
});

test('nobody but Lambda may take the role of a function', async () => {
  for (const role of Object.values(roles)) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: nameOf(role) }));
    const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}'));
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  }
});

/** The same policies in a role that this account may take: those of the functions are Lambda's alone. */
describe('with the policies of a function', () => {
  const copies: string[] = [];

  async function roleLike(roleArn: string): Promise<string> {
    const RoleName = `detent-test-${process.pid}-${copies.length}`;
    const Principal = { AWS: `arn:aws:iam::${roleArn.split(':')[4]}:root` };
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    copies.push(RoleName);
    const model = { RoleName: nameOf(roleArn) };
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand(model));
    expect(AttachedPolicies ?? []).toEqual([]);
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand(model));
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ ...model, PolicyName }));
      const copy = { RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument) };
      await iam.send(new PutRolePolicyCommand(copy));
    }
    return Role?.Arn ?? '';
  }

  /** Clients that are signed as the function's are. */
  async function clientsOf(name: FunctionName) {
    const RoleArn = await roleLike(roles[name]);
    const { Credentials } = await new STSClient().send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: `as-${name}` }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const credentials = {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    };
    return {
      dynamodb: new DynamoDBClient({ credentials }),
      secrets: new SecretsManagerClient({ credentials }),
      sns: new SNSClient({ credentials }),
    };
  }

  afterAll(async () => {
    for (const RoleName of copies) {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    }
  });

  const Key = { pk: { S: 'permissions-test' }, sk: { S: 'nothing' } };
  const denied = { name: expect.stringMatching(/^(AccessDenied|AuthorizationError)/) };

  test('SendOtpSms reads quotas, neither users nor flows, writes nothing and sends nothing', async () => {
    const { dynamodb, secrets, sns } = await clientsOf('sendOtpSms');
    const { flows, users, quotas } = deployed.tables;
    const read = (TableName: string) => dynamodb.send(new GetItemCommand({ TableName, Key }));
    await expect(read(quotas)).resolves.toMatchObject({});
    await expect(read(users)).rejects.toMatchObject(denied);
    await expect(read(flows)).rejects.toMatchObject(denied);
    for (const TableName of [flows, users, quotas])
      await expect(dynamodb.send(new PutItemCommand({ TableName, Item: Key }))).rejects.toMatchObject(denied);
    const secret = (name: string) =>
      secrets.send(new GetSecretValueCommand({ SecretId: things[name]?.[0] ?? '' }));
    await expect(secret('identity')).resolves.toMatchObject({ SecretString: expect.any(String) });
    for (const other of ['otp', 'requests', 'signing'])
      await expect(secret(other)).rejects.toMatchObject(denied);
    const sms = new PublishCommand({ PhoneNumber: '+15550000000', Message: 'never sent' });
    await expect(sns.send(sms)).rejects.toMatchObject(denied);
  });

  test('the reconciler sends SMS', async () => {
    const { sns } = await clientsOf('reconciler');
    const sms = new PublishCommand({ PhoneNumber: '+15550000001', Message: 'a test of permissions' });
    await expect(sns.send(sms)).resolves.toMatchObject({ MessageId: expect.any(String) });
  });
});
