/** Payments through the HTTP routes, with the sandbox gateway in its own process behind the real `stripe` library. */
import { expect } from '@jest/globals';
import type { Publication } from '../../core/publication.ts';
import type { JsonObject } from '../../core/types.ts';
import { type StartedSandbox, startSandbox } from '../../local/sandbox/start.ts';
import { sandboxed } from '../../local/start-outside.ts';
import { type Http, openHttp, type Reply } from '../support/http.ts';
import { order } from '../support/payments.ts';
import { temporaryFolder } from '../support/tables.ts';

export type Paying = Awaited<ReturnType<typeof openPaying>>;

export async function openPaying() {
  const folder = temporaryFolder();
  const sandbox: StartedSandbox = await startSandbox({ dataDir: folder.path });
  const published: Publication[] = [];
  const http: Http = await openHttp({
    outside: async () => sandboxed(sandbox, async (message) => void published.push(message)),
  });

  const idle = () => http.runtime.idle();
  const paying = {
    ...{ http, sandbox, published, idle },
    async create(changes: JsonObject = {}): Promise<string> {
      const reply = await http.post('/payments', { ...order, ...changes });
      expect(reply).toMatchObject({ status: 201 });
      return String(reply.body['paymentId']);
    },
    /** Sends a request, and waits until its effects are over. */
    async act(id: string, action: string, body?: JsonObject): Promise<Reply> {
      const reply = await http.post(`/payments/${id}/${action}`, body);
      await idle();
      return reply;
    },
    view: async (id: string) => (await http.get(`/payments/${id}`)).body,
    entries: async (id: string) =>
      (await http.get(`/payments/${id}/history`)).body['entries'] as unknown as {
        version: number;
        event: { type: string };
        from: string;
        to: string;
        facts: JsonObject[];
        effects: { id: string; kind: string; status: string }[];
      }[],
    /** Time passes, for us and for the gateway, and what has become due is done. */
    async pass(seconds: number): Promise<void> {
      await http.post('/dev/clock', { advanceSeconds: seconds });
      await idle();
    },
    fault: (gateway: string) => http.post('/dev/faults', { gateway }),
    /** What the gateway's own ledger says of a payment. */
    moved: async (id: string) =>
      (await sandbox.ledger())
        .filter(({ paymentId }) => paymentId === id)
        .map(({ kind, value }) => `${kind} ${value}`),
    /** An event of the gateway's, as the relay delivers it. */
    tell: (id: string, type: string, payload: JsonObject) =>
      http.runtime.deliverer.deliver({
        flow: http.runtime.payment.flow,
        flowId: id,
        event: { id: `told-${type}`, type, payload },
        origin: 'own',
      }),
    async close(): Promise<void> {
      await http.close();
      await sandbox.stop();
      folder.remove();
    },
  };
  return paying;
}
