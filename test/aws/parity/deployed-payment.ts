/** The deployed runtime: real time, signed requests, and the gateway that its functions have been told of. */
import { setTimeout as wait } from 'node:timers/promises';
import { createSfnResolver } from '../../../adapters/aws/sfn-resolver.ts';
import { SystemClock, systemRandomness } from '../../../adapters/system.ts';
import { createDeliverer } from '../../../core/deliver.ts';
import { payment } from '../../../flows/payment/index.ts';
import { paymentSettingsSchema } from '../../../flows/payment/settings.ts';
import { testPaymentSettings } from '../emulator/test-deployment.ts';
import { stepFunctions, tableOf } from '../support/clients.ts';
import type { Deployment } from '../support/deployment.ts';
import type { Gateway } from '../support/gateway.ts';
import { signedSend } from '../support/http.ts';
import { limit } from '../support/limit.ts';
import { reconciling } from '../support/reconciling.ts';
import type { PaymentSide } from './payment.ts';

/** So many requests at once: each is several functions, and an emulator starts a process for each of them. */
const AT_ONCE = 3;

export function deployedPayments(deployed: Deployment, gateway: Gateway): PaymentSide {
  const table = tableOf(deployed);
  const limited = limit(AT_ONCE);
  const flow = payment(paymentSettingsSchema.parse(testPaymentSettings));
  const reconcile = reconciling(deployed);

  const { deliver } = createDeliverer({
    ...{ table, clock: new SystemClock(), random: systemRandomness, observe: () => {} },
    resolver: createSfnResolver(stepFunctions(), { payment: deployed.paymentMachine }),
    fingerprint: async () => 'f'.repeat(32),
  });

  return {
    ...{ table, gateway },
    send: (method, path, body, headers = {}) =>
      limited(() =>
        signedSend(deployed, method, path, {
          ...(body && { body: JSON.stringify(body) }),
          headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        }),
      ),
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
