/** Orders through the HTTP routes, with the sandbox provider and the sandbox warehouse in their own processes. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { InstanceRecord, JsonObject } from '../../core/types.ts';
import type { LedgerLine } from '../../local/sandbox/gateway.ts';
import { fileStore } from '../../local/sandbox/store.ts';
import { createWarehouse, type WarehouseMode } from '../../local/sandbox/warehouse/warehouse.ts';
import type { WebhookMode } from '../../local/sandbox/webhooks.ts';
import { listen } from '../../local/server.ts';
import { processSettings } from '../../local/settings.ts';
import { startOutside } from '../../local/start-outside.ts';
import { order } from '../support/checkouts.ts';
import { eventually, type Http, openHttp, type Reply, WEBHOOK_SECRET } from '../support/http.ts';
import { temporaryFolder } from '../support/tables.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

/** Longer than the warehouse, at its slowest, and a webhook take. */
const PATIENCE_MS = 15_000;

export type Ordering = Awaited<ReturnType<typeof openOrdering>>;

export async function openOrdering() {
  const folder = temporaryFolder();
  let http: Http | undefined;
  const server = await listen(
    { fetch: (...request) => (http as Http).app.fetch(...request) },
    0,
    '127.0.0.1',
  );
  const address = `http://127.0.0.1:${server.port}`;
  http = await openHttp({
    checkoutSettings: { returnUrl: `${address}/checkouts/{checkoutId}` },
    outside: (inside) =>
      startOutside({
        ...{ ...processSettings({}), ...inside, dataDir: folder.path, webhookSecret: WEBHOOK_SECRET },
        ...{ webhookUrl: `${address}/webhooks/stripe`, observe: () => {} },
      }),
  });
  const { post, get, del, runtime } = http;

  const view = async (id: string) => (await get(`/checkouts/${id}`)).body;
  const record = async (id: string) =>
    (await get(`/dev/flows/checkout/${id}`)).body['record'] as unknown as InstanceRecord;
  const until = (id: string, state: string) =>
    eventually(
      () => view(id),
      (seen) => seen['state'] === state,
      PATIENCE_MS,
    );
  /** Where the sandbox provider answers. */
  let provider: string | undefined;
  const control = async (path: string) => (await fetch(`${provider}/_control/${path}`)).json();
  const ordering = {
    ...{ http, address, view, record, until },
    /** Places an order, whatever comes of it. */
    place: (changes: JsonObject = {}): Promise<Reply> => post('/checkouts', { ...order, ...changes }),
    async placed(changes: JsonObject = {}): Promise<string> {
      const reply = await ordering.place(changes);
      expect(reply).toMatchObject({ status: 201, body: { state: 'CreatingPayment' } });
      return String(reply.body['checkoutId']);
    },
    /** An order that can be paid. */
    async payable(changes: JsonObject = {}): Promise<string> {
      const id = await ordering.placed(changes);
      const { paymentUrl } = await until(id, 'AwaitingPayment');
      provider = new URL(String(paymentUrl)).origin;
      return id;
    },
    cancel: (id: string) => del(`/checkouts/${id}`),
    /** What a customer does on the page of the provider; where that leads. */
    async act(id: string, deed: string, card = 'pm_card_visa'): Promise<string | null> {
      const session = String((await record(id)).data['session']);
      const body = new URLSearchParams({ do: deed, card });
      const response = await fetch(`${provider}/pay/${session}`, {
        method: 'POST',
        body,
        redirect: 'manual',
      });
      expect(response.status).toBe(303);
      return response.headers.get('location');
    },
    /** A webhook made by hand. */
    tell: (type: string, id: string, more?: JsonObject) => {
      const { body, headers } = signed(sessionEvent(type, id, more));
      return http.send('POST', '/webhooks/stripe', { body, headers });
    },
    /** Time passes, for us and for the provider, and what has become due is done. */
    async pass(seconds: number): Promise<void> {
      expect(await post('/dev/clock', { advanceSeconds: seconds })).toMatchObject({ status: 200 });
      await runtime.idle();
    },
    faults: (faults: JsonObject) => post('/dev/faults', faults),
    sandbox: (modes: { webhooks?: WebhookMode; warehouse?: WarehouseMode }) => post('/dev/sandbox', modes),
    report: (source: string, id: string, type: string, eventId = type) =>
      runtime.intake(
        source,
        JSON.stringify({ flow: 'checkout', flowId: id, event: { id: eventId, type, payload: {} } }),
      ),
    /** On hand, reserved, sold. */
    async stock(sku: string) {
      const { body } = await get(`/inventory/${sku}`);
      return [body['onHand'], body['reserved'], body['sold']];
    },
    /** What the provider's own ledger says of an order. */
    async moved(id: string): Promise<string[]> {
      const { lines } = (await control('ledger')) as { lines: LedgerLine[] };
      return lines.filter(({ paymentId }) => paymentId === id).map(({ kind, value }) => `${kind} ${value}`);
    },
    /** The parcels of an order, by the ids of their commands. */
    shipped(id: string): string[] {
      const store = fileStore(join(folder.path, 'warehouse.db'));
      const parcels = createWarehouse(store, Date.now).shipped();
      store.close();
      return parcels.filter((command) => command.startsWith(`${id}/`));
    },
    trail: async (id: string) =>
      (await record(id)).trail.map(({ type, from, to }) => `${from} ${type} ${to}`),
    async close(): Promise<void> {
      await http?.close();
      await server.drain();
      folder.remove();
    },
  };
  return ordering;
}
