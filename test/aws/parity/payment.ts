/** One payment scenario on one runtime: what a scenario may do, and what is written down of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { type EntryItem, entryItemOf } from '../../../core/bookkeeping.ts';
import { partition, recordKey } from '../../../core/flow.ts';
import type { Table } from '../../../core/ports.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { SandboxFault } from '../../../local/sandbox/gateway.ts';
import { order } from '../../support/payments.ts';
import type { Gateway } from '../support/gateway.ts';
import type { Reply, Send } from './login.ts';

/** A runtime as the scenarios see it. */
export interface PaymentSide {
  table: Table;
  gateway: Gateway;
  /** As whoever may deal with payments. */
  send: Send;
  /** Time passes until then (ISO 8601 UTC), and the reconciler comes by. */
  passUntil(instant: string): Promise<void>;
  /** An event of the gateway's, as a relay delivers it. */
  tell(paymentId: string, type: string, payload: JsonObject): Promise<void>;
  close(): Promise<void>;
}

/** An answer to a request, for the history. */
export interface Answered {
  what: string;
  paymentId: string;
  reply: Reply;
}

export type Till = ReturnType<typeof openTill>;

export interface PaymentScenario {
  name: string;
  /** `<event> → <state>` of the first payment, in order; without the creation. */
  way: string[];
  /** What the gateway moved for it. */
  moved: string[];
  run(till: Till): Promise<void>;
}

/** @param run makes keys of this run and scenario its own. */
export function openTill(side: PaymentSide, run: string) {
  const { table, gateway, send } = side;
  const answers: Answered[] = [];
  const payments: string[] = [];

  const keyed = (key?: string) => (key === undefined ? {} : { 'idempotency-key': `${key}-${run}` });

  async function ask(what: string, paymentId: string, ...request: Parameters<Send>): Promise<Reply> {
    const reply = await send(...request);
    answers.push({ what, paymentId, reply });
    return reply;
  }

  /** Until no effect of these payments is being performed, or waits for its first try. */
  async function settled(): Promise<void> {
    for (const until = Date.now() + 60_000; ; await wait(50)) {
      const all = await Promise.all(payments.map((id) => entriesOf(table, id)));
      if (all.flat().every(atRest)) return;
      if (Date.now() > until) throw new Error(`Effects of ${payments.join(', ')} are not at rest after 60 s`);
    }
  }

  /** Until the first try again of every effect that needed one is over. */
  async function drained(): Promise<void> {
    await settled();
    const all = (await Promise.all(payments.map((id) => entriesOf(table, id)))).flat();
    const last = all
      .flatMap(({ dueAt }) => dueAt ?? [])
      .sort()
      .at(-1);
    if (last === undefined) return;
    await side.passUntil(last);
    await settled();
  }

  const recordOf = async (paymentId: string) =>
    (await table.read(recordKey('payment', paymentId))) as unknown as {
      state: string;
      version: number;
      deadline?: string;
      data: JsonObject;
    };

  const till = {
    ...{ answers, payments, settled, drained, recordOf },
    fails: (paymentId: string, kind: SandboxFault, times = Number.POSITIVE_INFINITY) =>
      gateway.fails(paymentId, kind, times),
    works: (paymentId: string) => gateway.fails(paymentId, 'none', 0),
    async create(
      paymentMethod = order.paymentMethod,
      key?: string,
      merchant = order.merchant,
    ): Promise<string> {
      const body = { ...order, paymentMethod, merchant };
      const reply = await send('POST', '/payments', body, keyed(key));
      const id = String(reply.body['paymentId']);
      if (!payments.includes(id)) payments.push(id);
      answers.push({ what: 'create', paymentId: id, reply });
      await settled();
      return id;
    },
    /** One request, until all that it brings about is over. */
    async act(id: string, action: string, body?: JsonObject, key?: string): Promise<Reply> {
      const reply = await ask(action, id, 'POST', `/payments/${id}/${action}`, body, keyed(key));
      await settled();
      return reply;
    },
    async held(paymentMethod?: string, merchant?: string): Promise<string> {
      const id = await till.create(paymentMethod, undefined, merchant);
      await till.act(id, 'authorize');
      return id;
    },
    look: (id: string, more = '') => ask(`look${more}`, id, 'GET', `/payments/${id}${more}`),
    /** The deadline passes. */
    async late(id: string): Promise<void> {
      const { deadline, version } = await recordOf(id);
      if (deadline === undefined) throw new Error('There is no deadline to pass');
      await side.passUntil(deadline);
      if ((await recordOf(id)).version === version) throw new Error(`The deadline of ${id} did not pass`);
      await settled();
    },
    async tell(id: string, type: string, payload: JsonObject): Promise<void> {
      await side.tell(id, type, payload);
      await settled();
    },
    /** The gateway's id of the hold. */
    holdOf: async (id: string) => String((await recordOf(id)).data['authorization']),
  };
  return till;
}

export const entriesOf = async (table: Table, paymentId: string): Promise<EntryItem[]> =>
  (await table.query('flows', partition('payment', paymentId), 'entry#')).map(({ item }) =>
    entryItemOf(item),
  );

/** Whether nothing of it is being performed, or waits for its first try. */
const atRest = ({ delivery }: EntryItem): boolean =>
  Object.values(delivery).every(
    ({ status, attempt }) => status !== 'claimed' && !(status === 'pending' && attempt === 0),
  );
