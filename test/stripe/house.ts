/** The adapter with the real library, over HTTP, to the sandbox: a house with both ends in one process. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import type { GatewayRequest } from '../../core/card-gateway.ts';
import { createStripeSandbox, type SandboxFault } from '../../local/sandbox/gateway.ts';
import { type Controls, createSandboxServer } from '../../local/sandbox/server.ts';
import { memoryStore } from '../../local/sandbox/store.ts';

export const DAY_MS = 86_400_000;
const amount = { value: 1_290, currency: 'EUR' };

export type House = Awaited<ReturnType<typeof openHouse>>;

export async function openHouse() {
  const time = { now: Date.parse('2026-01-01T00:00:00.000Z') };
  const controls: Controls = { offsetMs: 0, fault: 'none', times: 0, delayMs: 0, webhookMode: 'prompt' };
  const sandbox = createStripeSandbox({ store: memoryStore(), now: () => time.now });
  const server = createSandboxServer(sandbox, controls);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url, timeoutMs: 300 });

  let keys = 0;
  const signal = new AbortController().signal;
  const send = (request: GatewayRequest, key = `p-1/${++keys}/1`, paymentId = 'p-1') =>
    gateway.send(request, { paymentId, key, signal });
  const since = new Date(time.now).toISOString();
  const request = {
    authorize: (paymentMethod = 'pm_card_visa') =>
      ({ do: 'authorize', merchant: 'shop', amount, paymentMethod }) as const,
    capture: (authorization: string, value = amount.value) =>
      ({ do: 'capture', authorization, amount: { ...amount, value } }) as const,
    void: (authorization: string) => ({ do: 'void', authorization }) as const,
    reverse: (authorization: string, value = amount.value) =>
      ({ do: 'reverse', authorization, amount: { ...amount, value } }) as const,
  };
  return {
    ...{ time, controls, sandbox, url, gateway, send, request },
    find: (wanted: GatewayRequest, paymentId = 'p-1') =>
      gateway.find(wanted, since, { paymentId, signal, now: new Date(time.now).toISOString() }),
    /** Holds money, and says under which id. */
    async held(paymentMethod?: string): Promise<string> {
      const answer = await send(request.authorize(paymentMethod));
      if (answer.status === 'done') return answer.authorization;
      throw new Error(`not held: ${answer.status}`);
    },
    fault(kind: SandboxFault, times = 1): void {
      Object.assign(controls, { fault: kind, times });
    },
    moved: () => sandbox.ledger().map(({ kind, value }) => `${kind} ${value}`),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
