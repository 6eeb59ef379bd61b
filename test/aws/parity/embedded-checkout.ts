/** The embedded runtime, with a clock that is moved by its own development endpoint, and a warehouse that a scenario leads. */
import type { JsonObject } from '../../../core/types.ts';
import type { StartedSandbox } from '../../../local/sandbox/start.ts';
import { sandboxed } from '../../../local/start-outside.ts';
import { json, openHttp } from '../../support/http.ts';
import { signed } from '../../support/webhooks.ts';
import { testCheckoutSettings } from '../emulator/test-deployment.ts';
import { ownGateway } from '../support/gateway.ts';
import type { CheckoutSide } from './checkout.ts';

export async function embeddedCheckouts(): Promise<CheckoutSide> {
  const gateway = await ownGateway();
  const sandbox = {
    url: () => gateway.url,
    setClock: async (ms: number) => gateway.setClock(ms),
  } as Partial<StartedSandbox> as StartedSandbox;
  const commands: JsonObject[] = [];
  let reply: (text: string) => Promise<void> = async () => {};
  const http = await openHttp({
    checkoutSettings: testCheckoutSettings,
    outside: async ({ report }) => {
      reply = report;
      return {
        ...sandboxed(sandbox, async () => {}),
        async tellWarehouse(text) {
          commands.push(JSON.parse(text));
          return 'taken';
        },
      };
    },
  });
  const { runtime } = http;

  async function passUntil(instant: string): Promise<void> {
    await runtime.idle();
    const ms = Date.parse(instant) - runtime.clock.now();
    await http.advance(Math.max(0, Math.ceil(ms / 1_000)));
    await runtime.idle();
  }

  return {
    ...{ table: runtime.table, gateway, passUntil },
    requests: () => runtime.secret('requests'),
    send: (method, path, body, headers = {}) =>
      http.send(method, path, {
        ...(body && { body: JSON.stringify(body) }),
        headers: { ...headers, ...(body && json) },
      }),
    async webhook(event) {
      const { status } = await http.send('POST', '/webhooks/stripe', signed(event));
      if (status !== 200) throw new Error(`A webhook was answered with ${status}`);
    },
    commands: (id) => commands.filter(({ flowId }) => flowId === id),
    async report(source, message) {
      const text = JSON.stringify(message);
      if (source === 'warehouse') await reply(text);
      else await runtime.intake(source, text);
    },
    async late(id) {
      const { deadline = '' } = (await runtime.deliverer.load(runtime.checkout.flow, id)) ?? {};
      await passUntil(deadline);
    },
    async tell(flowId, type, payload) {
      const { flow } = runtime.checkout;
      const event = { id: `told-${type}`, type, payload };
      await runtime.deliverer.deliver({ flow, flowId, event, origin: 'own' });
    },
    async close() {
      await http.close();
      await gateway.close();
    },
  };
}
