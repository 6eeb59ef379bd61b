/** The embedded runtime, with a clock that is moved by its own development endpoint. */

import type { StartedSandbox } from '../../../local/sandbox/start.ts';
import { sandboxed } from '../../../local/start-outside.ts';
import { json, openHttp } from '../../support/http.ts';
import { testPaymentSettings } from '../emulator/test-deployment.ts';
import { ownGateway } from '../support/gateway.ts';
import type { Send } from './login.ts';
import type { PaymentSide } from './payment.ts';

export async function embeddedPayments(): Promise<PaymentSide> {
  const gateway = await ownGateway();
  const sandbox = {
    url: () => gateway.url,
    setClock: async (ms: number) => gateway.setClock(ms),
  } as Partial<StartedSandbox> as StartedSandbox;
  const http = await openHttp({
    paymentSettings: testPaymentSettings,
    outside: async () => sandboxed(sandbox, async () => {}),
  });
  const { runtime } = http;
  const send: Send = (method, path, body, headers = {}) =>
    http.send(method, path, {
      ...(body && { body: JSON.stringify(body) }),
      headers: { ...headers, ...(body && json) },
    });
  return {
    table: runtime.table,
    gateway,
    send,
    async passUntil(instant) {
      await runtime.idle();
      const ms = Date.parse(instant) - runtime.clock.now();
      await http.advance(Math.max(0, Math.ceil(ms / 1_000)));
      await runtime.idle();
    },
    async tell(flowId, type, payload) {
      const { flow } = runtime.payment;
      const event = { id: `told-${type}`, type, payload };
      await runtime.deliverer.deliver({ flow, flowId, event, origin: 'own' });
    },
    async close() {
      await http.close();
      await gateway.close();
    },
  };
}
