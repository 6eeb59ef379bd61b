/** Who may do what: compared with what the code behind each role declares and calls. */
import { describe, expect, test } from '@jest/globals';
import { partition } from '../../core/flow.ts';
import { checkoutActions } from '../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { failuresKey } from '../../flows/mfa-login/failures.ts';
import { mfaLoginActions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { paymentActions } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { mayDo, ofType, type Statement, synthesised, text } from './support.ts';

const stack = synthesised();

/** What every function may do. */
const common = (logs: string) => ({
  'logs:CreateLogStream': [logs],
  'logs:PutLogEvents': [logs],
  'xray:PutTraceSegments': ['*'],
  'xray:PutTelemetryRecords': ['*'],
});
const pascal = (name: string): string => name.replace(/^./, (first) => first.toUpperCase());

/** The failures of accounts: the other partitions of `users` hold password hashes. */
const failures = `TablesUsers where ${failuresKey('*').pk}`;
/** Of actions that need not read all of their table. */
const partitions: { [action: string]: string } = { VerifyOtp: ` where ${failuresKey('*').pk}` };

describe('an action', () => {
  test.each([
    ...mfaLoginActions(defaultSettings),
    ...paymentActions(defaultPaymentSettings),
    ...checkoutActions(defaultCheckoutSettings),
  ])(
    '$name reaches the table and the secrets that it declares, and nothing else',
    ({ name, reads, secrets = [] }) => {
      expect(mayDo(stack, name)).toEqual({
        ...common(`${name}Logs`),
        ...(reads && { 'dynamodb:GetItem': [`Tables${pascal(reads)}${partitions[name] ?? ''}`] }),
        ...(secrets.length > 0 && {
          'secretsmanager:GetSecretValue': secrets.map((secret) => `Secrets${pascal(secret)}`).sort(),
        }),
      });
    },
  );
});

/** Instances of these flows, and no others. */
const of = (...flows: string[]) => `TablesFlows where ${flows.map((flow) => partition(flow, '*')).join()}`;
const ofAll = of('mfa-login', 'payment', 'checkout');

/** What delivering to all flows takes. */
const deliver = {
  'dynamodb:GetItem': [ofAll],
  'dynamodb:PutItem': [ofAll, 'TablesQuotas', failures],
  'dynamodb:UpdateItem': ['TablesInventory', 'TablesQuotas', failures],
  'dynamodb:DeleteItem': [failures],
  'dynamodb:ConditionCheckItem': [failures],
  'states:StartSyncExecution': ['CheckoutStateMachine', 'MfaLoginStateMachine', 'PaymentStateMachine'],
};
/** To logins alone; and to orders alone, which move pieces and make none. */
const deliverLogins = {
  ...deliver,
  'dynamodb:GetItem': [of('mfa-login')],
  'dynamodb:PutItem': [of('mfa-login'), 'TablesQuotas', failures],
  'dynamodb:UpdateItem': ['TablesQuotas', failures],
  'states:StartSyncExecution': ['MfaLoginStateMachine'],
};
const deliverOrders = {
  'dynamodb:GetItem': [of('checkout')],
  'dynamodb:PutItem': [of('checkout')],
  'dynamodb:UpdateItem': ['TablesInventory'],
  'states:StartSyncExecution': ['CheckoutStateMachine'],
};
const phonesOnly = ['not arn:AWS::Partition:sns:*:*:*'];

test('the API delivers, signs, and reads histories and stock', () => {
  expect(mayDo(stack, 'ApiFunction')).toEqual({
    ...common('ApiFunctionLogs'),
    ...deliver,
    'dynamodb:GetItem': [ofAll, 'TablesInventory'],
    'dynamodb:Query': ['TablesFlows'],
    'secretsmanager:GetSecretValue': ['SecretsRequests', 'SecretsSigning'],
  });
});

test('whoever takes webhooks delivers to orders, and has the secret that they are signed with', () => {
  expect(mayDo(stack, 'WebhooksFunction')).toEqual({
    ...common('WebhooksFunctionLogs'),
    ...deliverOrders,
    'secretsmanager:GetSecretValue': ['SecretsRequests', 'SecretsWebhook'],
  });
});

test('the intake takes from its two queues, and delivers to orders', () => {
  const queues = ['QueuesOperators', 'QueuesReplies'];
  expect(mayDo(stack, 'IntakeFunction')).toEqual({
    ...common('IntakeFunctionLogs'),
    ...deliverOrders,
    'secretsmanager:GetSecretValue': ['SecretsRequests'],
    'sqs:ReceiveMessage': queues,
    'sqs:DeleteMessage': queues,
    'sqs:GetQueueAttributes': queues,
  });
});

/** What a consumer of the stream may do, beside what its flows take. */
const consumer = (relay: string) => {
  const stream = ['TablesFlows.StreamArn'];
  return {
    ...common(`${relay}FunctionLogs`),
    'dynamodb:DescribeStream': stream,
    'dynamodb:GetRecords': stream,
    'dynamodb:GetShardIterator': stream,
    'dynamodb:ListStreams': ['*'],
    'sqs:SendMessage': [`${relay}Failed`],
    'sqs:GetQueueAttributes': [`${relay}Failed`],
    'sqs:GetQueueUrl': [`${relay}Failed`],
  };
};

test('the relay of text messages sends to phone numbers only', () => {
  expect(mayDo(stack, 'SmsRelayFunction')).toEqual({
    ...consumer('SmsRelay'),
    ...deliverLogins,
    'secretsmanager:GetSecretValue': ['SecretsOtp', 'SecretsRequests'],
    'sns:Publish': phonesOnly,
  });
});

test('the relay of all other effects has the key of the gateway, commands the warehouse, and tells one bus', () => {
  expect(mayDo(stack, 'EffectsRelayFunction')).toEqual({
    ...consumer('EffectsRelay'),
    ...deliverOrders,
    'dynamodb:GetItem': [of('payment', 'checkout')],
    'dynamodb:PutItem': [of('payment', 'checkout')],
    'states:StartSyncExecution': ['CheckoutStateMachine', 'PaymentStateMachine'],
    'sqs:SendMessage': ['EffectsRelayFailed', 'QueuesCommands'],
    'secretsmanager:GetSecretValue': ['SecretsGateway', 'SecretsRequests'],
    'events:PutEvents': ['Facts'],
  });
});

test('the reconciler does what the relays do, and looks into the index', () => {
  expect(mayDo(stack, 'ReconcilerFunction')).toEqual({
    ...common('ReconcilerFunctionLogs'),
    ...deliver,
    'dynamodb:Query': ['TablesFlows/index/due'],
    'sqs:SendMessage': ['QueuesCommands'],
    'secretsmanager:GetSecretValue': ['SecretsGateway', 'SecretsOtp', 'SecretsRequests'],
    'sns:Publish': phonesOnly,
    'events:PutEvents': ['Facts'],
  });
});

test('whoever makes the signing key may put it there, and read nothing', () => {
  expect(mayDo(stack, 'SecretsInitSigningKey')).toEqual({
    ...common('SecretsInitSigningKeyLogs'),
    'secretsmanager:PutSecretValue': ['SecretsSigning'],
  });
});

test.each([
  ['MfaLogin', mfaLoginActions(defaultSettings)],
  ['Payment', paymentActions(defaultPaymentSettings)],
  ['Checkout', checkoutActions(defaultCheckoutSettings)],
])('an execution of %s calls the actions of its flow, and delivers logs and traces', (flow, actions) => {
  const { 'lambda:InvokeFunction': called, ...others } = mayDo(stack, flow);
  expect(called).toEqual(actions.map(({ name }) => name).sort());
  expect(Object.keys(others).every((action) => /^(logs|xray):/.test(action))).toBe(true);
});

test('all resources at once only where AWS knows no other way', () => {
  const statements = ofType(stack, 'AWS::IAM::Policy').flatMap(
    ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
  );
  const wide = statements.filter(({ Resource = [] }) =>
    [Resource].flat().some((one) => text(one).includes('*')),
  );
  const actions = new Set(wide.flatMap(({ Action }) => Action));
  for (const action of actions)
    expect(action).toMatch(/^xray:|^logs:.*(Deliver|Polic|DescribeLogGroups)|^dynamodb:ListStreams$/);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
});

test('every function has a role of its own, and no role has a policy that AWS manages', () => {
  const roles = ofType(stack, 'AWS::Lambda::Function').map(([, { Properties }]) => text(Properties['Role']));
  expect(new Set(roles).size).toBe(roles.length);
  for (const [, { Properties }] of ofType(stack, 'AWS::IAM::Role'))
    expect(Properties['ManagedPolicyArns']).toBeUndefined();
});
