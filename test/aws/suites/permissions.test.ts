/** What the roles of the deployed functions may do, as IAM judges them. That the services ask IAM: roles.test.ts. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, expect, test } from '@jest/globals';
import { outputs } from '../emulator/deploy.ts';
import { type Deployment, deployment, type FunctionName } from '../support/deployment.ts';
import { configurationsOf } from '../support/roles.ts';

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
  bus: ['events:PutEvents', 'events:PutRule', 'events:DeleteEventBus'],
};

/** What is deployed: its ARN, and what one might want of it. */
type Things = { [name: string]: [arn: string, wishes: string[]] };

let deployed: Deployment;
let things: Things;
let roles: { [name in FunctionName]: string };
beforeAll(async () => {
  deployed = await deployment();
  const found = await configurationsOf(deployed);
  ({ roles } = found);
  const { variables } = found;
  const of = (name: string): string => variables[name] ?? `there is no ${name}`;
  const made = outputs()['Detent-dev'] ?? {};
  const { AlarmTopic = '' } = made;
  const lettersOf = async (UUID: string): Promise<string> => {
    const mapping = await new LambdaClient().send(new GetEventSourceMappingCommand({ UUID }));
    return mapping.DestinationConfig?.OnFailure?.Destination ?? 'there is no queue';
  };
  const { Arn: bus = '' } = await new EventBridgeClient().send(
    new DescribeEventBusCommand({ Name: deployed.bus }),
  );
  things = {
    ...(await tablesOf(deployed)),
    otp: [of('SECRET_OTP'), wishes.secret],
    identity: [of('SECRET_IDENTITY'), wishes.secret],
    requests: [of('SECRET_REQUESTS'), wishes.secret],
    signing: [of('SECRET_SIGNING'), wishes.secret],
    gateway: [of('SECRET_GATEWAY'), wishes.secret],
    webhook: [of('SECRET_WEBHOOK'), wishes.secret],
    login: [deployed.stateMachine, wishes.stateMachine],
    payment: [deployed.paymentMachine, wishes.stateMachine],
    checkout: [deployed.checkoutMachine, wishes.stateMachine],
    mintSession: [of('mintSession'), wishes.function],
    noteAnswer: [of('noteAnswer'), wishes.function],
    facts: [bus, wishes.bus],
    otherBus: [bus.replace(/[^/]+$/, 'default'), wishes.bus],
    // A phone number is no resource.
    phone: ['*', ['sns:Publish']],
    topic: [AlarmTopic, wishes.sns],
    queue: [await lettersOf(deployed.streamMapping), wishes.queue],
    effectsQueue: [await lettersOf(deployed.effectsMapping), wishes.queue],
    commands: [made['WarehouseCommandsArn'] ?? '', wishes.queue],
    replies: [made['WarehouseRepliesArn'] ?? '', wishes.queue],
    operators: [made['OperatorEventsArn'] ?? '', wishes.queue],
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
const instances = may('flows', 'dynamodb', 'GetItem', 'PutItem');
const logins = [
  ...may('users', 'dynamodb', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
  ...may('quotas', 'dynamodb', 'PutItem', 'UpdateItem'),
  ...may('login', 'states', 'StartSyncExecution'),
];
const payments = may('payment', 'states', 'StartSyncExecution');
const orders = [
  ...may('inventory', 'dynamodb', 'UpdateItem'),
  ...may('checkout', 'states', 'StartSyncExecution'),
];
const deliver = [...instances, ...logins, ...payments, ...orders];
const commands = may('commands', 'sqs', 'SendMessage');
const streams = may('stream', 'dynamodb', 'DescribeStream', 'GetShardIterator', 'GetRecords');
const publishes = may('facts', 'events', 'PutEvents');
const sends = may('phone', 'sns', 'Publish');

test.each<[FunctionName, string[]]>([
  ['verifyPassword', [...reads('users'), ...secrets('identity')]],
  ['sendOtpSms', [...reads('quotas'), ...secrets('identity')]],
  ['verifyOtp', [...reads('users'), ...secrets('identity', 'otp')]],
  ['mintSession', secrets('signing')],
  ['validatePayment', []],
  ['requestAuthorization', []],
  ['checkCapture', []],
  ['requestCapture', []],
  ['voidAuthorization', []],
  ['requestReversal', []],
  ['askGateway', []],
  ['noteAnswer', []],
  ['createPaymentSession', []],
  ['keepPaymentSession', []],
  ['askPaymentProvider', []],
  ['expirePaymentSession', []],
  ['releaseInventory', []],
  ['commitInventory', []],
  ['restockInventory', []],
  ['sendFulfilmentCommand', []],
  ['askWarehouse', []],
  ['refundPayment', []],
  ['noteRefund', []],
  ['noteFulfilment', []],
  ['reserveInventory', reads('inventory')],
  [
    'api',
    [
      ...[...deliver, ...reads('inventory'), ...secrets('requests', 'signing')],
      ...may('flows', 'dynamodb', 'Query'),
    ],
  ],
  ['webhooks', [...instances, ...orders, ...secrets('requests', 'webhook')]],
  [
    'intake',
    [
      ...[...instances, ...orders, ...secrets('requests')],
      ...may('replies', 'sqs', 'ReceiveMessage', 'DeleteMessage'),
      ...may('operators', 'sqs', 'ReceiveMessage', 'DeleteMessage'),
    ],
  ],
  [
    'relay',
    [
      ...[...instances, ...logins, ...streams, ...secrets('requests', 'otp'), ...sends],
      ...may('queue', 'sqs', 'SendMessage'),
    ],
  ],
  [
    'effectsRelay',
    [
      ...[...instances, ...payments, ...orders, ...commands, ...streams],
      ...[...secrets('requests', 'gateway'), ...publishes],
      ...may('effectsQueue', 'sqs', 'SendMessage'),
    ],
  ],
  [
    'reconciler',
    [
      ...[...deliver, ...commands, ...secrets('requests', 'otp', 'gateway'), ...sends, ...publishes],
      ...may('due', 'dynamodb', 'Query'),
    ],
  ],
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
