/** The deployed runtime: its own queues with a warehouse of the tests at their other end, and webhooks as the provider signs them. */
import { setTimeout as wait } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSfnResolver } from '../../../adapters/aws/sfn-resolver.ts';
import { SystemClock, systemRandomness } from '../../../adapters/system.ts';
import { createDeliverer } from '../../../core/deliver.ts';
import { recordKey } from '../../../core/flow.ts';
import { checkout } from '../../../flows/checkout/index.ts';
import { checkoutSettingsSchema } from '../../../flows/checkout/settings.ts';
import { signed } from '../../support/webhooks.ts';
import { testCheckoutSettings } from '../emulator/test-deployment.ts';
import { stepFunctions, tableOf } from '../support/clients.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Gateway } from '../support/gateway.ts';
import { send as sendOnce } from '../support/http.ts';
import { limit } from '../support/limit.ts';
import { reconciling } from '../support/reconciling.ts';
import { configurationsOf } from '../support/roles.ts';
import type { Warehouse } from '../support/warehouse.ts';
import type { CheckoutSide } from './checkout.ts';
import type { Reply } from './login.ts';

/** So many requests at once: each is several functions, and an emulator starts a process for each of them. */
const AT_ONCE = 3;
const PAST = '2000-01-01T00:00:00.000Z';
const PATIENCE_MS = 60_000;

export async function deployedCheckouts(
  deployed: Deployment,
  gateway: Gateway,
  warehouse: Warehouse,
): Promise<CheckoutSide> {
  const table = tableOf(deployed);
  const limited = limit(AT_ONCE);
  const reconcile = reconciling(deployed);
  const flow = checkout(checkoutSettingsSchema.parse(testCheckoutSettings));
  const { variables } = await configurationsOf(deployed);
  const { SecretString = '' } = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: variables['SECRET_REQUESTS'] ?? '' }),
  );
  const { deliver } = createDeliverer({
    ...{ table, clock: new SystemClock(), random: systemRandomness, observe: () => {} },
    resolver: createSfnResolver(stepFunctions(), { checkout: deployed.checkoutMachine }),
    fingerprint: async () => 'f'.repeat(32),
  });

  /** As whoever waits for an answer does: what is answered with 503 is asked again. */
  async function patiently(request: () => Promise<Reply>): Promise<Reply> {
    for (const until = Date.now() + PATIENCE_MS; ; await wait(1_000)) {
      const reply = await limited(request);
      if (reply.status !== 503 || Date.now() > until) return reply;
    }
  }

  return {
    ...{ table, gateway },
    requests: async () => SecretString,
    send: (method, path, body, headers = {}) =>
      patiently(() =>
        sendOnce(deployed, method, path, {
          ...(body && { body: JSON.stringify(body) }),
          headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        }),
      ),
    async webhook(event) {
      const { status } = await patiently(() => sendOnce(deployed, 'POST', '/webhooks/stripe', signed(event)));
      if (status !== 200) throw new Error(`A webhook was answered with ${status}`);
    },
    commands: (id) => warehouse.commands(id),
    report: (source, message) => warehouse.report(source === 'warehouse' ? 'replies' : 'operators', message),
    async late(id) {
      // Nobody waits for it: it is moved into the past, and what finds it there is the reconciler.
      const key = recordKey('checkout', id);
      const item = (await table.read(key)) ?? {};
      const { version } = item as { version: number };
      const moved = { ...item, deadline: PAST, dueAt: PAST };
      const outcome = await table.transact([{ op: 'put', key, item: moved, if: { equals: { version } } }]);
      if (outcome !== 'committed') throw new Error(`${id} changes all the time`);
      await reconcile();
    },
    async passUntil(instant) {
      await wait(Math.max(0, Date.parse(instant) - Date.now()) + 50);
      await reconcile();
    },
    async tell(flowId, type, payload) {
      await deliver({ flow, flowId, event: { id: `told-${type}`, type, payload }, origin: 'own' });
    },
    close: async () => {},
  };
}
