/** Payments through the Lambda functions: AWS played at the edge of the SDK, and the sandbox gateway behind the real library. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import type { Publication } from '../../core/publication.ts';
import type { Item, JsonObject } from '../../core/types.ts';
import { payment } from '../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../flows/payment/settings.ts';
import { createStripeSandbox } from '../../local/sandbox/gateway.ts';
import { type Controls, createSandboxServer } from '../../local/sandbox/server.ts';
import { memoryStore } from '../../local/sandbox/store.ts';
import { fakeDynamo } from '../aws-unit/fake-dynamo.ts';
import { testSecrets } from '../support/world.ts';
import { type ActionHandler, captureOutput, context, fakeSns, fakeStepFunctions } from './support.ts';

/** What the gateway asks of whoever asks it. */
export const KEY = 'sk_test_of_the_lambdas';

/** Whoever the gateway of the API has found to be behind a request. */
export const caller = {
  userArn: 'arn:aws:sts::111122223333:assumed-role/shop/one',
  accountId: '111122223333',
};

/** One request as the API's gateway hands it over. @param authorizer what that says of the caller. */
const eventOf = (
  method: string,
  rawPath: string,
  body: object | undefined,
  authorizer: object | undefined,
) => ({
  ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
  headers: { host: 'api.test', ...(body && { 'content-type': 'application/json' }) },
  requestContext: {
    ...{ http: { method, path: rawPath, sourceIp: '192.0.2.7' }, domainName: 'api.test' },
    ...(authorizer && { authorizer }),
  },
  ...(body && { body: JSON.stringify(body) }),
});

export async function openPaying() {
  const dynamo = fakeDynamo();
  const sns = fakeSns();
  const output = captureOutput();
  /** The gateway's key; undefined as long as nobody has put it there. */
  const secret: { key: string | undefined } = { key: KEY };
  const secrets = mockClient(SecretsManagerClient);
  secrets.on(GetSecretValueCommand).callsFake(async ({ SecretId = '' }) => {
    if (SecretId !== 'arn:gateway') return { SecretString: await testSecrets(SecretId.replace('arn:', '')) };
    if (secret.key !== undefined) return { SecretString: secret.key };
    throw Object.assign(new Error('has no value'), { name: 'ResourceNotFoundException' });
  });
  const bus = mockClient(EventBridgeClient);
  const told: { bus: string; source: string; message: Publication }[] = [];
  /** How often the bus takes the request and not the event. */
  const refusing = { times: 0 };
  bus.on(PutEventsCommand).callsFake(async ({ Entries = [] }) => {
    if (refusing.times-- > 0) return { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };
    for (const { EventBusName, Source, Detail } of Entries)
      told.push({ bus: EventBusName, source: Source, message: JSON.parse(Detail) });
    return { FailedEntryCount: 0 };
  });

  const controls: Controls = { offsetMs: 0, fault: 'none', times: 0, delayMs: 0, webhookMode: 'prompt' };
  const sandbox = createStripeSandbox({ store: memoryStore(), now: () => Date.now() });
  const server = createSandboxServer(sandbox, controls);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  process.env['GATEWAY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const api = await import('../../lambdas/api.ts');
  const relays = {
    effects: await import('../../lambdas/relay-effects.ts'),
    sms: await import('../../lambdas/relay-sms.ts'),
  };
  const reconciler = await import('../../lambdas/reconciler.ts');
  const actions: { [name: string]: { handler: unknown } } = {
    ValidatePayment: await import('../../lambdas/actions/validate-payment.ts'),
    RequestAuthorization: await import('../../lambdas/actions/request-authorization.ts'),
    CheckCapture: await import('../../lambdas/actions/check-capture.ts'),
    RequestCapture: await import('../../lambdas/actions/request-capture.ts'),
    VoidAuthorization: await import('../../lambdas/actions/void-authorization.ts'),
    RequestReversal: await import('../../lambdas/actions/request-reversal.ts'),
    AskGateway: await import('../../lambdas/actions/ask-gateway.ts'),
    NoteAnswer: await import('../../lambdas/actions/note-answer.ts'),
  };
  const { definition } = payment(defaultPaymentSettings);
  const runner = createAslResolver({ payment: definition }, (name, task) => {
    const { handler } = actions[name] ?? {};
    return (handler as ActionHandler)(task, context);
  });
  const executions = fakeStepFunctions((input) => runner.resolve('payment', JSON.parse(input)));

  const items = (): Item[] => [...(dynamo.tables.get('flows-1')?.values() ?? [])] as Item[];
  const entries = (id: string) =>
    items().filter(({ pk, sk }) => pk === `payment#${id}` && String(sk).startsWith('entry#'));

  const paying = {
    ...{ output, secret, told, refusing, controls, sandbox, entries },
    executions: () => executions.commandCalls(StartSyncExecutionCommand).length,
    async request(
      method: string,
      path: string,
      body?: object,
      authorizer: object | undefined = { iam: caller },
    ) {
      const answer = await api.handler(eventOf(method, path, body, authorizer) as never, context);
      const { statusCode, body: text } = answer as { statusCode: number; body: string };
      return { status: statusCode, body: (text ? JSON.parse(text) : {}) as JsonObject };
    },
    /** What the stream would hand over: every entry as it is in the table. */
    stream: (relay: keyof typeof relays) => {
      const all = items().filter(({ sk }) => String(sk).startsWith('entry#'));
      const Records = all.map((item, n) => ({
        eventName: 'INSERT',
        dynamodb: { NewImage: marshall(item), SequenceNumber: String(n) },
      }));
      return relays[relay].handler({ Records } as unknown as DynamoDBStreamEvent, context);
    },
    reconcile: () => reconciler.handler({}, context),
    /** Every instant at which something of this payment is due has passed. */
    age(id: string): void {
      const past = '2000-01-01T00:00:00.000Z';
      for (const entry of entries(id)) {
        if (entry['dueAt'] !== undefined) entry['dueAt'] = past;
        for (const note of Object.values(entry['delivery'] as { [effect: string]: JsonObject }))
          if (note['nextAt'] !== undefined) note['nextAt'] = past;
      }
    },
    async close(): Promise<void> {
      output.restore();
      for (const mock of [dynamo.mock, sns.mock, secrets, bus, executions]) mock.restore();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return paying;
}
