/** What leaves a payment on AWS: every transition to the bus, and nothing to a gateway whose key is not there yet. */
import { setTimeout as wait } from 'node:timers/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployedPayments } from '../parity/deployed-payment.ts';
import { entriesOf, openTill } from '../parity/payment.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { deployedGateway, type Gateway } from '../support/gateway.ts';
import { type Heard, listenTo } from '../support/listener.ts';
import { openWire } from '../support/wire.ts';

const run = `facts-${process.pid}-${Date.now()}`;
let gateway: Gateway;
/** It waits for the schedule: the other tests run meanwhile. */
let withoutKey: Promise<void>;
beforeAll(async () => {
  gateway = await deployedGateway();
  withoutKey = waitForKey();
  // Its test tells of it.
  withoutKey.catch(() => {});
});
afterAll(async () => {
  await withoutKey.catch(() => {});
  await gateway.close();
});

const putKey = ({ gatewaySecret: SecretId }: Deployment) =>
  new SecretsManagerClient().send(
    new PutSecretValueCommand({ SecretId, SecretString: 'sk_test_of_the_suites' }),
  );

/** On a stack whose key nobody else puts there, and whose reconciler comes by schedule alone: another suite counts its passes. */
async function waitForKey(): Promise<void> {
  const deployed = await deployment('Detent-staging');
  const side = deployedPayments(deployed, gateway);
  const till = openTill(side, `${run}-key`);
  const id = await till.held();
  const [, asked] = await entriesOf(side.table, id);
  expect(asked?.delivery[`${id}/2/1`]).toMatchObject({
    ...{ status: 'pending', attempt: 1, reason: 'gateway-key-missing' },
  });
  expect(gateway.moved(id)).toEqual([]);

  await putKey(deployed);
  // Every minute, and a pass takes a moment.
  for (const until = Date.now() + 90_000; (await till.recordOf(id)).state !== 'Authorized'; await wait(500))
    if (Date.now() > until) throw new Error('It did not go on');
  await till.act(id, 'cancel');
  expect(await till.recordOf(id)).toMatchObject({ state: 'Cancelled' });
}

interface Told {
  version: number;
  at: string;
  hash: string;
  from: string;
  to: string;
}

/** @returns what came of a payment, once nothing of it is missing. */
async function heardOf(listener: Awaited<ReturnType<typeof listenTo>>, id: string, count: number) {
  for (const until = Date.now() + 30_000; ; ) {
    const own = (await listener.heard()).filter(({ detail }) => detail.flowId === id);
    if (new Set(own.map(({ detail }) => detail.version)).size >= count) return own;
    if (Date.now() > until) throw new Error(`Only ${own.length} transitions of ${id} came within 30 s`);
  }
}

const byVersion = (one: Heard, other: Heard) => one.detail.version - other.detail.version;

test('every transition comes to whoever listens, as its journal has it', async () => {
  const deployed = await deployment();
  await putKey(deployed);
  const wire = await openWire(deployed, ['effectsRelay']);
  const listener = await listenTo(deployed.bus, 'payment');
  try {
    const till = openTill(deployedPayments(deployed, gateway), run);
    const id = await till.held();
    await till.act(id, 'capture');
    const { body } = await till.look(id, '/history');
    const history = body['entries'] as unknown as Told[];
    expect(history).toHaveLength(5);
    const heard = (await heardOf(listener, id, history.length)).sort(byVersion);
    expect(
      heard.map(({ detail: { version, at, hash, from, to } }) => ({ version, at, hash, from, to })),
    ).toEqual(history.map(({ version, at, hash, from, to }) => ({ version, at, hash, from, to })));
    for (const { source, 'detail-type': type } of heard)
      expect([source, type]).toEqual(['detent.payment', 'Transition']);
    // MiniStack puts its own time on events: that of the transition is seen on its way there.
    const times = wire.calls
      .filter(({ operation }) => operation === 'PutEvents')
      .flatMap(({ input }) => input['Entries'] as { Time: number; Detail: string }[])
      .map(({ Time, Detail }) => [Math.round(1_000 * Time), Date.parse(JSON.parse(Detail).at)]);
    expect(times).toHaveLength(5);
    for (const [sent, at] of times) expect(sent).toBe(at);
    expect(JSON.stringify(heard)).not.toContain('pm_card');
  } finally {
    await wire.close();
    await listener.close();
  }
});

test('a bus that does not take a transition holds up no payment, and gets it later', async () => {
  const deployed = await deployment();
  await putKey(deployed);
  const wire = await openWire(deployed, ['effectsRelay']);
  const listener = await listenTo(deployed.bus, 'payment');
  try {
    wire.rule(({ service, operation }) =>
      service === 'AWSEvents' && operation === 'PutEvents'
        ? { status: 400, type: 'application/x-amz-json-1.1', body: '{"__type":"ThrottlingException"}' }
        : undefined,
    );
    const till = openTill(deployedPayments(deployed, gateway), `${run}-busy`);
    const id = await till.held();
    expect(await till.recordOf(id)).toMatchObject({ state: 'Authorized' });
    const [first] = await entriesOf(deployedPayments(deployed, gateway).table, id);
    expect(Object.values(first?.delivery ?? {})).toMatchObject([
      { status: 'pending', attempt: 1, reason: 'ThrottlingException' },
    ]);
    wire.clear();
    // By the reconciler, which asks the service itself.
    await till.drained();
    expect(await heardOf(listener, id, 3)).toHaveLength(3);
    await till.act(id, 'cancel');
  } finally {
    await wire.close();
    await listener.close();
  }
});

test('without the key of the gateway requests wait, say for what, and go on once it is there', () =>
  withoutKey);
