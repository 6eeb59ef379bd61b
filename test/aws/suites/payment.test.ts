/** The payment's table, row by row, over HTTP on either runtime with the sandbox gateway: the same way, the same history. */

import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rows } from '../../../core/definition.ts';
import { payment } from '../../../flows/payment/index.ts';
import { defaultPaymentSettings } from '../../../flows/payment/settings.ts';
import { deployedPayments } from '../parity/deployed-payment.ts';
import { embeddedPayments } from '../parity/embedded-payment.ts';
import { openTill, type PaymentScenario, type PaymentSide } from '../parity/payment.ts';
import { type PaymentHistory, paymentHistory } from '../parity/payment-history.ts';
import { paymentScenarios } from '../parity/payment-scenarios.ts';
import { report } from '../parity/report.ts';
import { deployment } from '../support/deployment.ts';
import { deployedGateway, type Gateway } from '../support/gateway.ts';

/** In an account that lives on, payments of earlier runs are there. */
const run = `${process.pid}-${Date.now()}`;

async function historyOf(side: PaymentSide, scenario: PaymentScenario, n: number): Promise<PaymentHistory> {
  const till = openTill(side, `${run}-${n}`);
  await scenario.run(till);
  await till.drained();
  return paymentHistory(side, till);
}

async function embedded(scenario: PaymentScenario, n: number): Promise<PaymentHistory> {
  const side = await embeddedPayments();
  try {
    return await historyOf(side, scenario, n);
  } finally {
    await side.close();
  }
}

/** What became of each scenario; one that failed is told by its test. */
const ended: { [side in 'embedded' | 'deployed']: Promise<PaymentHistory>[] } = {
  embedded: [],
  deployed: [],
};
let gateway: Gateway;

beforeAll(async () => {
  const deployed = await deployment();
  gateway = await deployedGateway();
  const key = { SecretId: deployed.gatewaySecret, SecretString: 'sk_test_of_the_suites' };
  await new SecretsManagerClient().send(new PutSecretValueCommand(key));
  const side = deployedPayments(deployed, gateway);
  // All at once, for they wait for real time.
  ended.deployed = paymentScenarios.map((one, n) => historyOf(side, one, n));
  const deployedEnded = Promise.allSettled(ended.deployed);
  let before: Promise<unknown> = Promise.resolve();
  for (const [n, one] of paymentScenarios.entries()) {
    const history = before.then(() => embedded(one, n));
    ended.embedded.push(history);
    before = history.catch(() => {});
  }
  await Promise.all([deployedEnded, before]);
}, 300_000);
afterAll(() => gateway.close());

describe.each(paymentScenarios.map((scenario, n) => ({ ...scenario, n })))('$name', ({ n, way, moved }) => {
  test('deployed: its way, and what the gateway moved', async () => {
    expect(await ended.deployed[n]).toMatchObject({ way, moved });
  });

  test('embedded: the same history', async () => {
    const [here, there] = await Promise.all([ended.embedded[n], ended.deployed[n]]);
    expect(there?.lines).toEqual(here?.lines);
  });
});

test('every row of the definition was taken', async () => {
  const taken = (await Promise.all(ended.deployed)).flatMap((history) => history.taken);
  const all = rows(payment(defaultPaymentSettings).definition).map(
    ({ state, event }) => `${event} in ${state}`,
  );
  expect(all.filter((row) => !taken.includes(row))).toEqual([]);
});

test('the report', async () => {
  const [here, there] = await Promise.all([Promise.all(ended.embedded), Promise.all(ended.deployed)]);
  report(
    'payment',
    paymentScenarios.map(({ name }, n) => ({
      scenario: name,
      ...{ embedded: here[n]?.lines ?? [], deployed: there[n]?.lines ?? [] },
      transitions: there[n]?.transitions ?? 0,
    })),
  );
});
