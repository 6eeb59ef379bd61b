/** What a login, a payment and an order cost on AWS: every call that the functions' clients made for them, as it was on the wire. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Billed, type Counted, dollarsOf, sumOfDollars } from '../../../bench/prices.ts';
import type { DefinitionInput, DefinitionOutput } from '../../../core/types.ts';
import checkoutAsl from '../../../state-definitions/checkout.asl.json' with { type: 'json' };
import loginAsl from '../../../state-definitions/mfa-login.asl.json' with { type: 'json' };
import paymentAsl from '../../../state-definitions/payment.asl.json' with { type: 'json' };
import { WEBHOOK_SECRET } from '../../support/http.ts';
import { openCounter } from '../parity/checkout.ts';
import { deployedCheckouts } from '../parity/deployed-checkout.ts';
import { deployedPayments } from '../parity/deployed-payment.ts';
import { openTill } from '../parity/payment.ts';
import { billsOf } from '../support/billing.ts';
import { newUser } from '../support/clients.ts';
import { type Deployment, deployment, type FunctionName } from '../support/deployment.ts';
import { deployedGateway, type Gateway } from '../support/gateway.ts';
import { post } from '../support/http.ts';
import { invocations } from '../support/logs.ts';
import { codeOn } from '../support/phone.ts';
import { statesEntered, type Way } from '../support/states-entered.ts';
import { openWarehouse } from '../support/warehouse.ts';
import { type Call, openWire, type Wire } from '../support/wire.ts';

const budgetOf = (flow: Billed) =>
  JSON.parse(readFileSync(new URL(`../../../bench/${flow}-budget.json`, import.meta.url), 'utf8')) as {
    [figure: string]: number;
  };

let deployed: Deployment;
let wire: Wire;
let gateway: Gateway;
beforeAll(async () => {
  deployed = await deployment();
  gateway = await deployedGateway();
  wire = await openWire(deployed);
});
afterAll(async () => {
  await wire.close();
  await gateway.close();
});

async function login(username: string): Promise<void> {
  const { password, phone } = await newUser(deployed, username);
  const begun = await post(deployed, '/logins', { username, password });
  expect(begun).toMatchObject({ status: 201 });
  const code = await codeOn(phone);
  // The relay's last note comes after the SMS.
  await settled();
  const done = await post(deployed, `/logins/${begun.body['loginId']}/otp`, { code });
  expect(done).toMatchObject({ status: 200 });
}

/** Until nothing has been called for a second. */
async function settled(): Promise<void> {
  for (let count = -1; count !== wire.calls.length; await wait(1_000)) count = wire.calls.length;
}

/** As in `bench/cost-payment.ts`: what an item costs goes by its size. */
const MERCHANT = 'merchant-4711';

const isReconciler = ({ by }: Call): boolean => by === 'reconciler';

test('a login stays within its budget', async () => {
  // Once before: functions that are warm have their secrets.
  await login('cost-warm');
  await settled();
  wire.clear();
  const before = await invocations(deployed);

  await login('cost-counted');
  await settled();

  // It runs every minute, whether there are logins or not.
  const calls = wire.calls.filter((call) => !isReconciler(call));
  const { bills, counted, transitions } = await countedOf(calls, before, loginAsl, 2);
  report('login', { bills, calls, counted, transitions });
  const budget = budgetOf('login');

  expect(calls.every(({ status }) => status === 200)).toBe(true);
  expect(calls.filter(({ service }) => service === 'sns')).toHaveLength(1);
  expect(counted.writeUnits).toBeLessThanOrEqual(budget['writeUnits'] ?? 0);
  expect(counted.readUnits).toBeLessThanOrEqual(budget['readUnits'] ?? 0);
  expect(counted.executions).toBe(budget['executions']);
  expect(counted.lambdaInvocations).toBeLessThanOrEqual(budget['lambdaInvocations'] ?? 0);
  // Of what is counted: times are assumed.
  expect(1e6 * sumOfDollars(dollarsOf('login', counted).counted)).toBeLessThanOrEqual(
    budget['dollarsPerMillion'] ?? 0,
  );
  expect(transitions).toHaveLength(11);
});

test('a payment, authorised and captured, needs exactly what its budget says', async () => {
  const key = { SecretId: deployed.gatewaySecret, SecretString: 'sk_test_of_the_suites' };
  await new SecretsManagerClient().send(new PutSecretValueCommand(key));
  const till = openTill(deployedPayments(deployed, gateway), 'cost');
  const paid = async () => {
    const id = await till.held(undefined, MERCHANT);
    await till.act(id, 'capture');
    // The relay's last note comes after the message.
    await settled();
    return id;
  };
  await paid();
  wire.clear();
  const before = await invocations(deployed);

  const id = await paid();
  const calls = wire.calls.filter((call) => !isReconciler(call) && JSON.stringify(call.input).includes(id));
  const { bills, counted, transitions } = await countedOf(calls, before, paymentAsl, 3);
  report('payment', { bills, calls, counted, transitions });

  expect(calls.every(({ status }) => status === 200)).toBe(true);
  expect(gateway.moved(id)).toHaveLength(2);
  const dollarsPerMillion = Number((1e6 * sumOfDollars(dollarsOf('payment', counted).counted)).toFixed(2));
  expect({ ...counted, transitions: transitions.length, dollarsPerMillion }).toEqual(budgetOf('payment'));
});

test('an order, paid and fulfilled, needs exactly what its budget says', async () => {
  const put = (SecretId: string, SecretString: string) =>
    new SecretsManagerClient().send(new PutSecretValueCommand({ SecretId, SecretString }));
  await put(deployed.gatewaySecret, 'sk_test_of_the_suites');
  await put(deployed.webhookSecret, WEBHOOK_SECRET);
  const warehouse = openWarehouse(deployed);
  try {
    const side = await deployedCheckouts(deployed, gateway, warehouse);
    const counter = await openCounter(side, `cost-${process.pid}`);
    const fulfilled = async () => {
      const items = [{ sku: counter.sku, quantity: 2 }];
      // Without an Idempotency-Key, as in `bench/cost-checkout.ts`.
      const { body } = await side.send('POST', '/checkouts', { items, email: 'customer@example.com' });
      const id = String(body['checkoutId']);
      counter.orders.push(id);
      await counter.settled();
      await counter.look(id);
      await counter.act(id);
      await counter.told(id);
      await counter.commanded(id, 1);
      await settled();
      await counter.report(id, 'OrderFulfilled');
      await settled();
      return id;
    };
    await fulfilled();
    wire.clear();
    const before = await invocations(deployed);

    const id = await fulfilled();
    // The functions' own: those of this test go another way.
    const calls = wire.calls.filter((call) => !isReconciler(call) && concerns(call, id, counter.sku));
    const { bills, counted, transitions } = await countedOf(calls, before, checkoutAsl, 3);
    report('checkout', { bills, calls, counted, transitions });
    expect(calls.every(({ status }) => status === 200)).toBe(true);
    expect(await counter.record(id)).toMatchObject({ state: 'Fulfilled' });
    const dollarsPerMillion = Number((1e6 * sumOfDollars(dollarsOf('checkout', counted).counted)).toFixed(2));
    expect({ ...counted, transitions: transitions.length, dollarsPerMillion }).toEqual(budgetOf('checkout'));
  } finally {
    await warehouse.close();
  }
});

const concerns = ({ input }: Call, ...words: string[]): boolean =>
  words.some((word) => JSON.stringify(input).includes(word));

/** @param before how often each function had been invoked. */
async function countedOf(
  calls: readonly Call[],
  before: Awaited<ReturnType<typeof invocations>>,
  way: Way,
  httpRequests: number,
) {
  const after = await invocations(deployed);
  const bills = billsOf(calls);
  const executions = calls.filter(({ operation }) => operation === 'StartSyncExecution');
  const { length: busEvents } = calls.filter(({ operation }) => operation === 'PutEvents');
  const { length: sent } = calls.filter(({ operation }) => operation === 'SendMessage');
  // Each report is received and deleted, by Lambda on behalf of the intake.
  const queueRequests = sent + 2 * (after.intake - before.intake);
  const counted: Counted = {
    writeUnits: bills.reduce((sum, { writeUnits }) => sum + writeUnits, 0),
    readUnits: bills.reduce((sum, { readUnits }) => sum + readUnits, 0),
    executions: executions.length,
    lambdaInvocations: (Object.keys(after) as FunctionName[])
      .filter((name) => name !== 'reconciler')
      .reduce((sum, name) => sum + after[name] - before[name], 0),
    httpRequests,
    ...(busEvents > 0 && { busEvents }),
    ...(queueRequests > 0 && { queueRequests }),
  };
  const transitions = executions.flatMap(({ input, output }) =>
    statesEntered(
      way,
      JSON.parse(String(input['input'])) as DefinitionInput,
      JSON.parse(String(output['output'])) as DefinitionOutput,
    ),
  );
  return { bills, counted, transitions };
}

const without = {
  login: 'SMS and the hashing of passwords',
  payment: 'the fees of the gateway',
  checkout: 'the fees of the provider',
};

interface Reported {
  bills: ReturnType<typeof billsOf>;
  calls: Call[];
  counted: Counted;
  transitions: string[];
}

function report(flow: Billed, { bills, calls, counted, transitions }: Reported): void {
  const lines: string[] = [];
  const line = (name: string, value: string | number) =>
    lines.push(`${name.padEnd(52)}${String(value).padStart(8)}`);
  lines.push(`One ${flow}, in the order of its calls: units of DynamoDB`);
  for (const { what, together, writeUnits, readUnits, index } of bills) {
    const notes = [...(together ? ['transaction'] : []), ...(index > 0 ? [`index ${index}`] : [])];
    line(`  ${what}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`, writeUnits || readUnits);
  }
  lines.push('Counted');
  for (const [name, value] of Object.entries({ calls: calls.length, ...counted })) line(`  ${name}`, value);
  line('  state transitions (Express does not bill them)', transitions.length);
  lines.push(`US dollars for a million ${flow}s, without ${without[flow]}`);
  const dollars = dollarsOf(flow, counted);
  for (const [sure, group] of Object.entries(dollars)) {
    for (const [name, one] of Object.entries(group)) line(`  ${name} (${sure})`, (one * 1e6).toFixed(2));
  }
  line('  what is counted of the engine', (sumOfDollars(dollars.counted) * 1e6).toFixed(2));
  const all = Object.values(dollars).reduce((sum, group) => sum + sumOfDollars(group), 0);
  line('  all', (all * 1e6).toFixed(2));
  process.stdout.write(`\n${lines.join('\n')}\n`);
}
