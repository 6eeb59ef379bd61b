/** Logins through the whole engine: deliver, the definition, the actions, the table, the relay and its mark. */
import type { Table, TransactOptions } from '../../core/ports.ts';
import type { Write } from '../../core/types.ts';
import { openRuntime } from '../../local/runtime.ts';
import { cheap, inLanes, newFlowId, PASSWORD, putUsers, unlimited, userOf } from '../logins.ts';
import { type Run, runOf } from './run.ts';

/** What the logins of a round needed, counted. */
export interface Work {
  events: number;
  messages: number;
  /** Rows put, added to or deleted. */
  rows: number;
  /** Transactions that the table was asked for; several may share a commit. */
  transactions: number;
  /** Of these, those that are answered after an fsync. */
  durable: number;
}

export const nothing = (): Work => ({ events: 0, messages: 0, rows: 0, transactions: 0, durable: 0 });

export interface Engine {
  /** @param concurrency how many logins are under way at once, each of a user of its own. */
  run(logins: number, concurrency: number): Promise<Run & { work: Work }>;
  close(): Promise<void>;
}

/** @param users at least as many as logins will be under way at once. */
export async function openEngine(dataDir: string, users: number): Promise<Engine> {
  let work = nothing();
  let times: number[] = [];
  /** Who waits for the code of a login. */
  const waiting = new Map<string, (code: string) => void>();
  const runtime = await openRuntime({
    dataDir,
    settings: unlimited,
    observe: ({ type }) => {
      if (type === 'delivered') work.events++;
    },
    phone: {
      // The phone is not ours: the relay and its mark are measured, not what an inbox would store.
      async send({ effectId, body }) {
        work.messages++;
        waiting.get(effectId.split('/')[0] ?? '')?.(body.slice(0, body.indexOf(' ')));
        return { receipt: 'bench' };
      },
    },
  });
  const { deliverer, table } = runtime;
  const { flow } = runtime.mfaLogin;
  await putUsers(table, users, cheap);
  count(table, (writes, durability) => {
    work.rows += writes.filter(({ op }) => op !== 'check').length;
    work.transactions++;
    if (durability === 'full') work.durable++;
  });

  /** As the API delivers it. */
  async function tell(flowId: string, type: string, payload: { [field: string]: string }, fresh: boolean) {
    const begin = performance.now();
    const event = { id: `${flowId}-${type}`, type, payload };
    const answer = await deliverer.deliver({ flow, flowId, event, fresh });
    times.push(performance.now() - begin);
    return answer;
  }

  /** The code comes from the phone: nobody types it before the SMS is there. */
  async function login(user: number): Promise<void> {
    const flowId = newFlowId();
    const { promise: code, resolve } = Promise.withResolvers<string>();
    waiting.set(flowId, resolve);
    const payload = { username: userOf(user).username, password: PASSWORD, source: '192.0.2.1' };
    const begun = await tell(flowId, 'LoginRequested', payload, true);
    if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
    const done = await tell(flowId, 'OtpSubmitted', { code: await code }, false);
    if (!('state' in done) || done.state !== 'LoggedIn') throw new Error(`code: ${done.status}`);
    waiting.delete(flowId);
  }

  return {
    async run(logins, concurrency) {
      work = nothing();
      times = [];
      const begin = performance.now();
      await inLanes(logins, concurrency, login);
      // The last marks are part of the work.
      await runtime.idle();
      return { ...runOf(logins, times, begin, performance.now()), work };
    },
    close: () => runtime.close(),
  };
}

/** Tells of every transaction that the table is asked for, from now on. */
function count(
  table: Table,
  tell: (writes: Write[], durability: TransactOptions['durability']) => void,
): void {
  const transact = table.transact.bind(table);
  table.transact = (writes, options) => {
    tell(writes, options?.durability ?? 'full');
    return transact(writes, options);
  };
}
