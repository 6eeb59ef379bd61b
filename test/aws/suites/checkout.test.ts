/** The checkout's table, row by row, on either runtime with the sandbox provider and a warehouse of the tests: the same history. */
import { setTimeout as wait } from 'node:timers/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rows } from '../../../core/definition.ts';
import { checkout } from '../../../flows/checkout/index.ts';
import { defaultCheckoutSettings } from '../../../flows/checkout/settings.ts';
import { setStock } from '../../../flows/checkout/stock.ts';
import { eventually, WEBHOOK_SECRET } from '../../support/http.ts';
import { sessionEvent, signed } from '../../support/webhooks.ts';
import { type CheckoutScenario, type CheckoutSide, openCounter } from '../parity/checkout.ts';
import { type CheckoutHistory, checkoutHistory } from '../parity/checkout-history.ts';
import { checkoutScenarios } from '../parity/checkout-scenarios.ts';
import { deployedCheckouts } from '../parity/deployed-checkout.ts';
import { embeddedCheckouts } from '../parity/embedded-checkout.ts';
import { report } from '../parity/report.ts';
import { tableOf } from '../support/clients.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { deployedGateway, type Gateway } from '../support/gateway.ts';
import { postPatiently, send } from '../support/http.ts';
import { limit } from '../support/limit.ts';
import { linesOf, logGroupsOf } from '../support/logs.ts';
import { openWarehouse, type Warehouse } from '../support/warehouse.ts';

/** In an account that lives on, orders of earlier runs are there. */
const run = `${process.pid}-${Date.now()}`;

async function historyOf(
  side: CheckoutSide,
  scenario: CheckoutScenario,
  n: number,
): Promise<CheckoutHistory> {
  const counter = await openCounter(side, `${run}-${n}`);
  await scenario.run(counter);
  await counter.drained();
  return checkoutHistory(side, counter);
}

async function embedded(scenario: CheckoutScenario, n: number): Promise<CheckoutHistory> {
  const side = await embeddedCheckouts();
  try {
    return await historyOf(side, scenario, n);
  } finally {
    await side.close();
  }
}

/** What became of each scenario; one that failed is told by its test. */
const ended: { [side in 'embedded' | 'deployed']: Promise<CheckoutHistory>[] } = {
  embedded: [],
  deployed: [],
};
let deployed: Deployment;
let gateway: Gateway;
let warehouse: Warehouse;

beforeAll(async () => {
  deployed = await deployment();
  gateway = await deployedGateway();
  warehouse = openWarehouse(deployed);
  const put = (SecretId: string, SecretString: string) =>
    new SecretsManagerClient().send(new PutSecretValueCommand({ SecretId, SecretString }));
  await put(deployed.gatewaySecret, 'sk_test_of_the_suites');
  await put(deployed.webhookSecret, WEBHOOK_SECRET);
  const side = await deployedCheckouts(deployed, gateway, warehouse);
  ended.deployed = checkoutScenarios.map((one, n) => historyOf(side, one, n));
  const deployedEnded = Promise.allSettled(ended.deployed);
  let before: Promise<unknown> = Promise.resolve();
  for (const [n, one] of checkoutScenarios.entries()) {
    const history = before.then(() => embedded(one, n));
    ended.embedded.push(history);
    before = history.catch(() => {});
  }
  await Promise.all([deployedEnded, before]);
}, 300_000);
afterAll(async () => {
  await warehouse.close();
  await gateway.close();
});

describe.each(checkoutScenarios.map((scenario, n) => ({ ...scenario, n })))('$name', ({ n, way, moved }) => {
  test('deployed: its way, and what the provider moved', async () => {
    expect(await ended.deployed[n]).toMatchObject({ way, moved });
  });

  test('embedded: the same history', async () => {
    const [here, there] = await Promise.all([ended.embedded[n], ended.deployed[n]]);
    expect(there?.lines).toEqual(here?.lines);
  });
});

test('every row of the definition was taken', async () => {
  const taken = (await Promise.all(ended.deployed)).flatMap((history) => history.taken);
  const all = rows(checkout(defaultCheckoutSettings).definition).map(
    ({ state, event }) => `${event} in ${state}`,
  );
  expect(all.filter((row) => !taken.includes(row))).toEqual([]);
});

test('the report', async () => {
  const [here, there] = await Promise.all([Promise.all(ended.embedded), Promise.all(ended.deployed)]);
  report(
    'checkout',
    checkoutScenarios.map(({ name }, n) => ({
      scenario: name,
      ...{ embedded: here[n]?.lines ?? [], deployed: there[n]?.lines ?? [] },
      transitions: there[n]?.transitions ?? 0,
    })),
  );
});

/** Every request at once is a process of the emulator's that starts: more of them than this only time out. */
const AT_ONCE = 10;

test('100 orders for 10 pieces: 10 are sold, and everybody else is told at once', async () => {
  const sku = `last-${run}`;
  await setStock(tableOf(deployed), sku, 10, 4_900);
  const someAtOnce = limit(AT_ONCE);
  const order = { items: [{ sku, quantity: 1 }], email: 'crowd@example.com' };
  const began = Date.now();
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => someAtOnce(() => postPatiently(deployed, '/checkouts', order))),
  );
  process.stdout.write(`100 orders for 10 pieces: ${Date.now() - began} ms\n`);
  const statuses = replies.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(10);
  expect(statuses.filter((status) => status === 409)).toHaveLength(90);
  for (const { status, body } of replies)
    if (status === 409) expect(body).toMatchObject({ items: [{ sku, quantity: 1, onHand: 0 }] });
  const { body } = await send(deployed, 'GET', `/inventory/${sku}`);
  expect(body).toEqual({ sku, onHand: 0, reserved: 10, sold: 0 });
}, 300_000);

describe('whoever is not who they say', () => {
  test('a webhook that is signed with another secret is refused', async () => {
    const forged = signed(sessionEvent('checkout.session.completed', 'nobody'), { secret: 'whsec_other' });
    expect(await send(deployed, 'POST', '/webhooks/stripe', forged)).toMatchObject({
      status: 400,
      body: { type: 'urn:detent:problem:bad-signature' },
    });
  });

  test('a message that its sender may not send, or that is none, waits to be looked at', async () => {
    const event = { id: 'forged', type: 'PaymentSucceeded', payload: {} };
    await warehouse.report('replies', { flow: 'checkout', flowId: 'nobody', event });
    await warehouse.report('replies', 'no JSON');
    // It has been taken, and was not done: it comes again when its time is over, and in the end lies with the dead letters.
    const [waiting, taken] = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
    ] as const;
    const inQueue = async () => {
      const { Attributes = {} } = await new SQSClient().send(
        new GetQueueAttributesCommand({
          QueueUrl: deployed.queues.replies,
          AttributeNames: [waiting, taken],
        }),
      );
      return [Attributes[waiting], Attributes[taken]];
    };
    await eventually(inQueue, ([left, held]) => left === '0' && held === '2', 30_000);
    await wait(3_000);
    expect(await inQueue()).toEqual(['0', '2']);
    const said = (await spokenBy('Intake')).join('\n');
    expect(said).toContain('this source may not report such an event');
    expect(said).toContain('the message is not JSON');
  });
});

test('no address of a customer, and no secret, is in any log group of the stack', async () => {
  const groups = await logGroupsOf('Detent-dev');
  const found = await Promise.all(
    groups.map(async ([logical, name]) => {
      const lines = await linesOf(name);
      return lines
        .filter((line) => /@example\.com/.test(line) || line.includes(WEBHOOK_SECRET))
        .map(() => logical);
    }),
  );
  expect(found.flat()).toEqual([]);
  // There was something to look through.
  for (const one of ['Api', 'Webhooks', 'Intake', 'EffectsRelay'])
    expect(await spokenBy(one)).not.toEqual([]);
});

/** All lines of the log groups of a construct. */
async function spokenBy(construct: string): Promise<string[]> {
  const groups = await logGroupsOf('Detent-dev');
  const own = groups.filter(([logical]) => logical.startsWith(`${construct}Function`));
  return (await Promise.all(own.map(([, name]) => linesOf(name)))).flat();
}
