/** The facts of the stack that matter, one by one; not the template as a whole. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DUE_INDEX } from '../../adapters/aws/dynamo-items.ts';
import { substitute } from '../../core/definition.ts';
import { sources } from '../../flows/checkout/sources.ts';
import { mfaLoginSubstitutions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { ofType, one, type Statement, type Synthesised, synthesised, text } from './support.ts';

const stack = synthesised();
const { template } = stack;

test('the rules of AwsSolutions hold, but for what is acknowledged with a reason', () => {
  expect(new AwsSolutionsChecks().validateScope(stack.app).violations).toEqual([]);
});

describe('tables', () => {
  test.each(['TablesFlows', 'TablesUsers', 'TablesQuotas', 'TablesInventory'])('%s', (id) => {
    const [, { Properties }] = one(stack, 'AWS::DynamoDB::Table', id);
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('instances have a stream and the index that the adapter asks', () => {
    const [, { Properties }] = one(stack, 'AWS::DynamoDB::Table', 'TablesFlows');
    const texts = ['pk', 'sk', 'shard', 'dueAt'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    }));
    expect(Properties['AttributeDefinitions']).toEqual(texts);
    expect(Properties).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [
        {
          IndexName: DUE_INDEX,
          KeySchema: [
            { AttributeName: 'shard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  });
});

/** What holds nothing: it is made again from the template. Whatever is not named here is taken for data. */
const stateless = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::StepFunctions::StateMachine',
  // The key itself is in its secret.
  'Custom::SigningKey',
]);

describe.each([
  { stage: 'dev', policy: 'Delete', locked: false },
  { stage: 'staging', policy: 'Delete', locked: false },
  { stage: 'production', policy: 'Retain', locked: true },
])('what holds data, in $stage', ({ stage, policy, locked }) => {
  const made = synthesised({ stage, protectConfiguration: true, alarmEmail: 'ops@example.com' });
  const data = Object.entries(made.resources).filter(([, { Type }]) => !stateless.has(Type));

  test('is all of the known kinds', () => {
    expect([...new Set(data.map(([, { Type }]) => Type))].sort()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::Events::EventBus',
      'AWS::Logs::LogGroup',
      'AWS::SMSVOICE::ProtectConfiguration',
      'AWS::SQS::Queue',
      'AWS::SecretsManager::Secret',
    ]);
  });

  test.each(data)(`%s: ${policy}`, (_id, { DeletionPolicy, UpdateReplacePolicy }) => {
    expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
      DeletionPolicy: policy,
      UpdateReplacePolicy: policy,
    });
  });

  test(`tables are ${locked ? '' : 'not '}protected against deletion`, () => {
    const tables = ofType(made, 'AWS::DynamoDB::Table');
    expect(tables.map(([, { Properties }]) => Properties['DeletionProtectionEnabled'] ?? false)).toEqual(
      tables.map(() => locked),
    );
  });

  test('the rules of AwsSolutions hold', () => {
    expect(new AwsSolutionsChecks().validateScope(made.app).violations).toEqual([]);
  });
});

test('a stage with a region is deployed there, and others wherever the credentials point', () => {
  expect(Token.isUnresolved(stack.stack.region)).toBe(true);
  expect(synthesised({ region: 'eu-west-1' }).stack.region).toBe('eu-west-1');
});

describe('the state machine', () => {
  const [, { Properties }] = one(stack, 'AWS::StepFunctions::StateMachine', 'MfaLogin');
  const file = JSON.parse(
    readFileSync(new URL('../../state-definitions/mfa-login.asl.json', import.meta.url), 'utf8'),
  );

  test('is Express, logs everything but data, and is traced', () => {
    expect(Properties).toMatchObject({
      StateMachineType: 'EXPRESS',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  test('is the definition of the file, with numbers filled in and functions left to CloudFormation', () => {
    const substitutions = Properties['DefinitionSubstitutions'] as { [name: string]: unknown };
    const names = Object.keys(substitutions);
    expect(names.sort()).toEqual(['MintSession', 'SendOtpSms', 'VerifyOtp', 'VerifyPassword']);
    const left = Object.fromEntries(names.map((name) => [name, `\${${name}}`]));
    const expected = substitute(file, { ...mfaLoginSubstitutions(defaultSettings), ...left });
    expect(JSON.parse(String(Properties['DefinitionString']))).toEqual(expected);
    for (const name of names) {
      const [id] = one(stack, 'AWS::Lambda::Function', name);
      expect(substitutions[name]).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    }
  });
});

/** The logical id of a queue to or from those who fulfil orders. */
const queueOf = (name: string): string =>
  ofType(stack, 'AWS::SQS::Queue').find(([id]) => new RegExp(`^Queues${name}[0-9A-F]{8}$`).test(id))?.[0] ??
  '';

test.each([
  ['SmsRelay', ['mfa-login']],
  ['EffectsRelay', ['payment', 'checkout']],
])(
  '%s has all five settings for failures, and takes new entries of %s with something to deliver only',
  (relay, flows) => {
    const [queue] = one(stack, 'AWS::SQS::Queue', `${relay}Failed`);
    const [, { Properties }] = one(stack, 'AWS::Lambda::EventSourceMapping', relay);
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 300,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
      StartingPosition: 'TRIM_HORIZON',
    });
    const { Filters } = Properties['FilterCriteria'] as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      {
        dynamodb: {
          Keys: { sk: { S: [{ prefix: 'entry#' }] } },
          NewImage: { flow: { S: flows }, dueAt: { S: [{ exists: true }] }, revision: { N: ['0'] } },
        },
      },
    ]);
  },
);

describe.each(ofType(stack, 'AWS::SQS::Queue'))('the queue %s', (id, { Properties }) => {
  test('is encrypted, and speaks TLS only', () => {
    expect(Properties).toMatchObject({ SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      },
    });
  });

  test('keeps what was given up for 14 days, and what was not for less', () => {
    const seconds = Number(Properties['MessageRetentionPeriod']);
    expect(seconds / 86_400).toBe(id.includes('Failed') ? 14 : 4);
  });
});

describe.each(['Commands', 'Replies', 'Operators'])('the queue of %s', (name) => {
  const [, queue] = ofType(stack, 'AWS::SQS::Queue').find(([id]) => id === queueOf(name)) ?? [];
  const [end] = one(stack, 'AWS::SQS::Queue', `Queues${name}Failed`);

  test('has an end of the line', () => {
    expect(queue?.Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [end, 'Arn'] },
      maxReceiveCount: 10,
    });
  });
});

test('the intake is told which of its messages it takes again, and which queue is whose', () => {
  const mappings = ofType(stack, 'AWS::Lambda::EventSourceMapping').filter(([id]) => id.startsWith('Intake'));
  const arnOf = (queue: string) => ({ 'Fn::GetAtt': [queueOf(queue), 'Arn'] });
  expect(mappings.map(([, { Properties }]) => Properties)).toMatchObject(
    ['Replies', 'Operators'].map((queue) => ({
      ...{ EventSourceArn: arnOf(queue), BatchSize: 10 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })),
  );
  const [, { Properties }] = one(stack, 'AWS::Lambda::Function', 'IntakeFunction');
  const { Variables } = Properties['Environment'] as { Variables: { [name: string]: unknown } };
  const names = JSON.parse(text(Variables['INTAKE_SOURCES']));
  expect(names).toEqual({ QueuesReplies: 'warehouse', QueuesOperators: 'operator' });
  expect(Object.values(names)).toEqual(Object.keys(sources));
  // Six times as long as the function may run.
  const [, queue] = ofType(stack, 'AWS::SQS::Queue').find(([id]) => id === queueOf('Replies')) ?? [];
  expect(queue?.Properties['VisibilityTimeout']).toBe(6 * Number(Properties['Timeout']));
});

test('where there is no TLS, the queues of other systems do without, and the rules of AwsSolutions hold', () => {
  const made = synthesised({ tlsOnly: false });
  const guarded = ofType(made, 'AWS::SQS::QueuePolicy').map(([id]) => id);
  expect(guarded.filter((id) => id.startsWith('Queues'))).toEqual([]);
  expect(new AwsSolutionsChecks().validateScope(made.app).violations).toEqual([]);
});

test('a warehouse in another account may take commands and send replies, and there is none unless it is named', () => {
  const statements = (made: Synthesised) =>
    ofType(made, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement.filter(
        ({ Effect }) => Effect === 'Allow',
      ).map(({ Action, Resource }) => [text(Resource), [Action].flat().sort()]),
    );
  expect(statements(stack)).toEqual([]);
  expect(statements(synthesised({ warehouseAccount: '444455556666' }))).toEqual([
    [
      'QueuesCommands',
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    ],
    ['QueuesReplies', ['sqs:SendMessage']],
  ]);
});

test('the reconciler comes every minute, and a pass that failed is not repeated', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } })],
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
});

describe('the API', () => {
  test('hands every address to the function, and lets only so many requests through', () => {
    // An unknown address or method reaches the function, which answers with a problem.
    const [integration, { Properties }] = one(
      stack,
      'AWS::ApiGatewayV2::Integration',
      'ApiHttpApiDefaultRoute',
    );
    const [handler] = one(stack, 'AWS::Lambda::Function', 'ApiFunction');
    expect(Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { 'Fn::GetAtt': [handler, 'Arn'] },
    });
    const routes = ofType(stack, 'AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties);
    expect(routes.filter(({ RouteKey }) => RouteKey === '$default')).toMatchObject([
      {
        AuthorizationType: 'NONE',
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: integration }]] },
      },
    ]);
    // Payments alone want to know who asks; webhooks are signed.
    const others = routes.filter(({ RouteKey }) => RouteKey !== '$default');
    expect(others.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])).toEqual([
      ['ANY /payments', 'AWS_IAM'],
      ['ANY /payments/{proxy+}', 'AWS_IAM'],
      ['ANY /webhooks/stripe', 'NONE'],
    ]);
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
  });

  test('says what a caller of the payments has to be allowed to invoke: those routes, by any method', () => {
    const [api] = one(stack, 'AWS::ApiGatewayV2::Api', 'Api');
    const { Value } = template.toJSON()['Outputs']['PaymentsArn'] as {
      Value: { 'Fn::Join': [string, unknown[]] };
    };
    const arn = Value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : Object(part)['Ref']));
    expect(arn.join('')).toBe(
      `arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:${api}/$default/*/payments*`,
    );
  });

  test('logs no path and no address', () => {
    const [, { Properties }] = one(stack, 'AWS::ApiGatewayV2::Stage', 'Api');
    const { Format } = Properties['AccessLogSettings'] as { Format: string };
    expect(Object.values(JSON.parse(Format)).sort()).toEqual([
      '$context.error.responseType',
      '$context.httpMethod',
      '$context.integrationStatus',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.status',
    ]);
  });
});

test('the signing key is made once its maker may store it', () => {
  const [, { DependsOn = [] }] = one(stack, 'Custom::SigningKey', 'SecretsSigningKey');
  const [policy] = one(stack, 'AWS::IAM::Policy', 'SecretsInitSigningKeyRole');
  expect(DependsOn).toContain(policy);
});

test('no secret has a value in the template', () => {
  const secrets = ofType(stack, 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties);
  expect(secrets).toHaveLength(6);
  expect(secrets.filter((one) => 'SecretString' in one)).toEqual([]);
  // The signing key is put there by its own function, those of the gateway and of its webhooks by a person.
  expect(secrets.filter((one) => 'GenerateSecretString' in one)).toHaveLength(3);
  template.hasResourceProperties('Custom::SigningKey', { ServiceTimeout: '120' });
});
