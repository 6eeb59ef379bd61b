/** One scenario of an order on one runtime: what a scenario may do, and what is written down of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { type EntryItem, entryItemOf } from '../../../core/bookkeeping.ts';
import { partition, recordKey } from '../../../core/flow.ts';
import { keyedHash } from '../../../core/keyed-hash.ts';
import { recordOf } from '../../../core/persistence.ts';
import type { Table } from '../../../core/ports.ts';
import type { InstanceRecord, JsonObject } from '../../../core/types.ts';
import { setStock } from '../../../flows/checkout/stock.ts';
import type { SandboxFault } from '../../../local/sandbox/gateway.ts';
import type { Deed } from '../../../local/sandbox/sessions.ts';
import { sessionEvent } from '../../support/webhooks.ts';
import type { Gateway } from '../support/gateway.ts';
import type { Reply, Send } from './login.ts';

/** A runtime as the scenarios see it. */
export interface CheckoutSide {
  table: Table;
  gateway: Gateway;
  send: Send;
  /** What ids of orders are hashed with. */
  requests(): Promise<string>;
  /** An event as the provider tells it, until it is taken. */
  webhook(event: JsonObject): Promise<void>;
  /** What the warehouse has been told of an order so far. */
  commands(orderId: string): JsonObject[];
  /** A message of a source, over its queue. */
  report(source: 'warehouse' | 'operator', message: JsonObject): Promise<void>;
  /** The deadline of an order passes, and the reconciler comes by. */
  late(orderId: string): Promise<void>;
  /** Time passes until then (ISO 8601 UTC), and the reconciler comes by. */
  passUntil(instant: string): Promise<void>;
  /** An event of our own, as a relay delivers it. */
  tell(orderId: string, type: string, payload: JsonObject): Promise<void>;
  close(): Promise<void>;
}

/** An answer to a request, for the history. */
export interface Answered {
  what: string;
  orderId: string;
  reply: Reply;
}

export type Counter = Awaited<ReturnType<typeof openCounter>>;

export interface CheckoutScenario {
  name: string;
  /** `<event> → <state>` of the first order, in order. */
  way: string[];
  /** What the provider moved for it. */
  moved: string[];
  run(counter: Counter): Promise<void>;
}

/** Pieces of the one good of a scenario, its price, and how many an order wants. */
export const STOCK = 10;
export const PRICE = 490;
export const PIECES = 2;

const PATIENCE_MS = 60_000;

/** @param run makes keys and the good of this run and scenario its own: small letters, digits, dashes. */
export async function openCounter(side: CheckoutSide, run: string) {
  const { table, gateway, send } = side;
  const answers: Answered[] = [];
  const orders: string[] = [];
  const sku = `lamp-${run}`;
  await setStock(table, sku, STOCK, PRICE);
  const secret = await side.requests();

  async function ask(what: string, orderId: string, ...request: Parameters<Send>): Promise<Reply> {
    const reply = await send(...request);
    answers.push({ what, orderId, reply });
    return reply;
  }

  async function until<T>(what: string, look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ; await wait(50)) {
      const seen = await look();
      if (wanted(seen)) return seen;
      if (Date.now() > end) throw new Error(`${what}: not so after ${PATIENCE_MS} ms`);
    }
  }

  const entries = async () => (await Promise.all(orders.map((id) => entriesOf(table, id)))).flat();
  /** Until no effect of these orders is being performed, or waits for its first try. */
  const settled = () => until(`effects of ${orders.join()}`, entries, (all) => all.every(atRest));

  const record = async (id: string): Promise<InstanceRecord> =>
    recordOf((await table.read(recordKey('checkout', id))) ?? {});

  const counter = {
    ...{ answers, orders, sku, settled, record },
    /** Until the first try again of every effect that needed one is over. */
    async drained(): Promise<void> {
      const due = (await settled()).flatMap(({ dueAt }) => dueAt ?? []);
      const last = due.sort().at(-1);
      if (last === undefined) return;
      await side.passUntil(last);
      await settled();
    },
    fails: (id: string, kind: SandboxFault, times = Number.POSITIVE_INFINITY) =>
      gateway.fails(id, kind, times),
    works: (id: string) => gateway.fails(id, 'none', 0),
    /** The id that an order will have. */
    idOf: (key: string) => keyedHash(secret, 'id checkout', `${key}-${run}`),
    /** One order, until all that it brings about is over. */
    async place(key = 'order', quantity = PIECES): Promise<string> {
      const id = counter.idOf(key);
      if (!orders.includes(id)) orders.push(id);
      const body = { items: [{ sku, quantity }], email: `customer-${run}@example.com` };
      await ask('place', id, 'POST', '/checkouts', body, { 'idempotency-key': `${key}-${run}` });
      await settled();
      return id;
    },
    look: (id: string) => ask('look', id, 'GET', `/checkouts/${id}`),
    async cancel(id: string, key = 'cancel'): Promise<void> {
      await ask('cancel', id, 'DELETE', `/checkouts/${id}`, undefined, {
        'idempotency-key': `${key}-${run}`,
      });
      await settled();
    },
    /** What the customer does on the page. Nobody is told yet. */
    async act(id: string, deed: Deed = 'pay', card?: string): Promise<void> {
      const session = String((await record(id)).data['session']);
      if (!gateway.pages.act(session, deed, card)) throw new Error(`There is no page of ${id}`);
    },
    /** All that the provider has to tell of an order. */
    async told(id: string): Promise<void> {
      const events = gateway.pages.untold().filter((event) => ofOrder(event.data.object, id));
      for (const event of events) {
        await side.webhook(event as unknown as JsonObject);
        gateway.pages.told(event.id);
      }
      await settled();
    },
    /** A webhook made by hand. */
    async webhook(id: string, type: string): Promise<void> {
      await side.webhook(sessionEvent(`checkout.session.${type}`, id, {}, `evt_${id}_${type}`));
      await settled();
    },
    /** An order that has been paid, and that the warehouse knows of. */
    async paid(key?: string, card?: string): Promise<string> {
      const id = await counter.place(key);
      await counter.act(id, 'pay', card);
      await counter.told(id);
      await counter.commanded(id, 1);
      return id;
    },
    /** Until it is there: what has waited comes after what it waited for. */
    async reaches(id: string, state: string): Promise<void> {
      await until(
        `${id} in ${state}`,
        () => record(id),
        (now) => now.state === state,
      );
      await settled();
    },
    commanded: (id: string, times: number) =>
      until(
        `${times} commands of ${id}`,
        async () => side.commands(id).length,
        (count) => count >= times,
      ),
    /** The warehouse, or an operator, reports; until that is taken, and all that it brings about is over. */
    async report(id: string, type: string, source: 'warehouse' | 'operator' = 'warehouse'): Promise<void> {
      const event = { id: `report-${type}`, type, payload: {} };
      await side.report(source, { flow: 'checkout', flowId: id, event });
      const eventId = `${source}/${event.id}`;
      await until(
        `the report ${type}`,
        () => record(id),
        ({ trail }) => trail.some((item) => item.eventId === eventId),
      );
      await settled();
    },
    async late(id: string): Promise<void> {
      const { version } = await record(id);
      await side.late(id);
      await until(
        `the deadline of ${id}`,
        () => record(id),
        (now) => now.version > version,
      );
      await settled();
    },
    async tell(id: string, type: string, payload: JsonObject = {}): Promise<void> {
      await side.tell(id, type, payload);
      await settled();
    },
  };
  return counter;
}

const ofOrder = (object: object, id: string): boolean =>
  (object as { client_reference_id?: string }).client_reference_id === id;

export const entriesOf = async (table: Table, orderId: string): Promise<EntryItem[]> =>
  (await table.query('flows', partition('checkout', orderId), 'entry#')).map(({ item }) => entryItemOf(item));

/** Whether nothing of it is being performed, or waits for its first try. */
const atRest = ({ delivery }: EntryItem): boolean =>
  Object.values(delivery).every(
    ({ status, attempt }) => status !== 'claimed' && !(status === 'pending' && attempt === 0),
  );
