/** Orders through the Lambda functions: AWS played at the edge of the SDK, and the sandbox provider behind the real library. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import type { JsonObject } from '../../core/types.ts';
import { checkout } from '../../flows/checkout/index.ts';
import { stockKey } from '../../flows/checkout/inventory.ts';
import { defaultCheckoutSettings } from '../../flows/checkout/settings.ts';
import { createStripeSandbox } from '../../local/sandbox/gateway.ts';
import { type Controls, createSandboxServer } from '../../local/sandbox/server.ts';
import { memoryStore } from '../../local/sandbox/store.ts';
import { fakeDynamo } from '../aws-unit/fake-dynamo.ts';
import { signed } from '../support/webhooks.ts';
import { testSecrets } from '../support/world.ts';
import {
  type ActionHandler,
  captureOutput,
  context,
  environment,
  fakeSns,
  fakeStepFunctions,
} from './support.ts';

/** What webhooks are signed with, once a person has put it there. */
export const SECRET = 'whsec_of_the_lambdas';

const eventOf = (method: string, rawPath: string, body = '', headers: { [name: string]: string } = {}) => ({
  ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
  headers: { host: 'api.test', 'content-type': 'application/json', ...headers },
  requestContext: {
    ...{ http: { method, path: rawPath, sourceIp: '192.0.2.7' }, domainName: 'api.test' },
  },
  ...(body && { body }),
});

export async function openOrdering() {
  const dynamo = fakeDynamo();
  const sns = fakeSns();
  const output = captureOutput();
  /** Of the webhooks; undefined as long as nobody has put it there. */
  const secret: { value: string | undefined } = { value: SECRET };
  const secrets = mockClient(SecretsManagerClient);
  secrets.on(GetSecretValueCommand).callsFake(async ({ SecretId = '' }) => {
    if (SecretId === 'arn:gateway') return { SecretString: 'sk_test_of_the_lambdas' };
    if (SecretId !== 'arn:webhook') return { SecretString: await testSecrets(SecretId.replace('arn:', '')) };
    if (secret.value !== undefined) return { SecretString: secret.value };
    throw Object.assign(new Error('has no value'), { name: 'ResourceNotFoundException' });
  });
  const sqs = mockClient(SQSClient);
  const commands: { queue: string; command: JsonObject }[] = [];
  sqs.on(SendMessageCommand).callsFake(async ({ QueueUrl = '', MessageBody = '' }) => {
    commands.push({ queue: QueueUrl, command: JSON.parse(MessageBody) });
    return { MessageId: `m-${commands.length}` };
  });
  const controls: Controls = { offsetMs: 0, fault: 'none', times: 0, delayMs: 0, webhookMode: 'missing' };
  const sandbox = createStripeSandbox({ store: memoryStore(), now: () => Date.now() });
  const server = createSandboxServer(sandbox, controls);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['GATEWAY_URL'] = url;

  const api = await import('../../lambdas/api.ts');
  const webhooks = await import('../../lambdas/webhooks.ts');
  const intake = await import('../../lambdas/intake.ts');
  const relay = await import('../../lambdas/relay-effects.ts');
  const actions: { [name: string]: { handler: unknown } } = {
    ReserveInventory: await import('../../lambdas/actions/reserve-inventory.ts'),
    CreatePaymentSession: await import('../../lambdas/actions/create-payment-session.ts'),
    KeepPaymentSession: await import('../../lambdas/actions/keep-payment-session.ts'),
    AskPaymentProvider: await import('../../lambdas/actions/ask-payment-provider.ts'),
    ExpirePaymentSession: await import('../../lambdas/actions/expire-payment-session.ts'),
    ReleaseInventory: await import('../../lambdas/actions/release-inventory.ts'),
    CommitInventory: await import('../../lambdas/actions/commit-inventory.ts'),
    RestockInventory: await import('../../lambdas/actions/restock-inventory.ts'),
    SendFulfilmentCommand: await import('../../lambdas/actions/send-fulfilment-command.ts'),
    AskWarehouse: await import('../../lambdas/actions/ask-warehouse.ts'),
    RefundPayment: await import('../../lambdas/actions/refund-payment.ts'),
    NoteRefund: await import('../../lambdas/actions/note-refund.ts'),
    NoteFulfilment: await import('../../lambdas/actions/note-fulfilment.ts'),
  };
  const { definition } = checkout(defaultCheckoutSettings);
  const runner = createAslResolver({ checkout: definition }, (name, task) => {
    const { handler } = actions[name] ?? {};
    return (handler as ActionHandler)(task, context);
  });
  /** How often Step Functions does not answer. */
  const down = { times: 0 };
  const executions = fakeStepFunctions(async (input) => {
    if (down.times-- > 0) throw new Error('down');
    return runner.resolve('checkout', JSON.parse(input));
  });

  const mug = stockKey('mug');
  const stored = { pk: mug.pk, sk: mug.sk, sku: 'mug', price: 1_290, onHand: 100, reserved: 0, sold: 0 };
  dynamo.tables.set(environment.TABLE_INVENTORY, new Map([[JSON.stringify([mug.pk, mug.sk]), stored]]));

  type Handler = (event: never, context: never) => Promise<unknown>;
  async function asked(handler: Handler, event: object) {
    const { statusCode, body } = (await handler(event as never, context as never)) as {
      statusCode: number;
      body: string;
    };
    return { status: statusCode, body: (body ? JSON.parse(body) : {}) as JsonObject };
  }

  const ordering = {
    ...{ output, secret, commands, down },
    request: (method: string, path: string, body?: object) =>
      asked(api.handler as Handler, eventOf(method, path, body && JSON.stringify(body))),
    /** @param base64 as the gateway hands over what it takes for binary. */
    webhook(event: JsonObject, by = SECRET, base64 = false) {
      const { body, headers } = signed(event, { secret: by });
      const text = base64 ? Buffer.from(body).toString('base64') : body;
      const told = eventOf('POST', '/webhooks/stripe', text, headers);
      return asked(webhooks.handler as Handler, { ...told, isBase64Encoded: base64 });
    },
    webhookBy: (method: string) => asked(webhooks.handler as Handler, eventOf(method, '/webhooks/stripe')),
    /** What the stream would hand over: every entry as it is in the table. */
    async stream(): Promise<void> {
      const entries = [...(dynamo.tables.get(environment.TABLE_FLOWS)?.values() ?? [])].filter(({ sk }) =>
        String(sk).startsWith('entry#'),
      );
      const Records = entries.map((item, n) => ({
        eventName: 'INSERT',
        dynamodb: { NewImage: marshall(item), SequenceNumber: String(n) },
      }));
      await relay.handler({ Records } as unknown as DynamoDBStreamEvent, context);
    },
    /** Hands messages to the intake, named `m-0`, `m-1`, …; those that come again. */
    async report(...messages: { queue: string; body: unknown }[]): Promise<string[]> {
      const Records = messages.map(({ queue, body }, n) => ({
        ...{ messageId: `m-${n}`, eventSourceARN: queue },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }));
      const { batchItemFailures } = await intake.handler({ Records } as unknown as SQSEvent, context);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** An order that can be paid. */
    async payable(): Promise<string> {
      const items = [{ sku: 'mug', quantity: 1 }];
      const { body } = await ordering.request('POST', '/checkouts', { items, email: 'a@example.com' });
      await ordering.stream();
      return String(body['checkoutId']);
    },
    state: async (id: string) => (await ordering.request('GET', `/checkouts/${id}`)).body['state'],
    async close(): Promise<void> {
      output.restore();
      for (const mock of [dynamo.mock, sns.mock, secrets, sqs, executions]) mock.restore();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return ordering;
}
