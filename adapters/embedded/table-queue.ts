/** Queues on a table, for one process: what has been sent survives the process, and is handled at least once. */
import { EffectError, loggable } from '../../core/errors.ts';
import type { Clock, Observer, QueueSender, Table } from '../../core/ports.ts';
import type { Item, Key } from '../../core/types.ts';

/** `again`: later; `refused`: never, it is put aside for a person. */
export type Handled = 'done' | 'again' | 'refused';

export interface TableQueuesPorts {
  table: Table;
  clock: Clock;
  randomId: () => string;
  observe: Observer;
  /** By the name of the queue: takes a message, JSON as text. */
  handlers: { readonly [queue: string]: (text: string) => Promise<Handled> };
}

export interface TableQueues {
  sender(queue: string): QueueSender;
  /** Puts a message, JSON as text, into a queue; on the disk when it resolves. @returns the name of the message there. */
  put(queue: string, text: string): Promise<string>;
  /** Hands over everything that is due, and what becomes due meanwhile. Never twice at once. */
  drain(): Promise<void>;
}

/** The table of the messages. Those that were put aside have a partition of their own, and are due no more. */
export const QUEUES = 'queues';
export const asidePartition = (queue: string): string => `${queue}#aside`;

const PAGE = 32;
/** Before a message comes again; doubles up to the longest. */
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function createTableQueues({
  table,
  clock,
  randomId,
  observe,
  handlers,
}: TableQueuesPorts): TableQueues {
  const iso = (ms: number) => new Date(ms).toISOString();
  let draining: Promise<void> | undefined;
  let again = false;

  async function put(queue: string, text: string): Promise<string> {
    const at = iso(clock.now());
    const sk = `${at}#${randomId()}`;
    const item = { text, receives: 0, dueAt: at };
    const outcome = await table.transact([{ op: 'put', key: { table: QUEUES, pk: queue, sk }, item }]);
    if (outcome !== 'committed') throw new EffectError('transient', outcome);
    return sk;
  }

  /** Takes one message as far as it goes now. What goes wrong is told, and the message comes again. */
  async function handle(key: Key): Promise<void> {
    const { pk: queue } = key;
    try {
      const item = await table.read(key);
      if (!item) return;
      const handled = (await handlers[queue]?.(String(item['text']))) ?? 'refused';
      if (handled === 'done') await table.transact([{ op: 'delete', key }]);
      if (handled === 'again') await table.transact([{ op: 'put', key, item: later(item) }]);
      if (handled === 'refused') await putAside(key, item);
    } catch (error) {
      observe({ type: 'failure', where: 'queue', subject: queue, error: loggable(error) });
      const item = await table.read(key).catch(() => undefined);
      if (item) await table.transact([{ op: 'put', key, item: later(item) }]).catch(() => undefined);
    }
  }

  /** For a person: it is due no more. */
  async function putAside(key: Key, { dueAt: _, ...item }: Item): Promise<void> {
    observe({ type: 'failure', where: 'queue', subject: key.pk, error: 'a message was put aside' });
    await table.transact([
      { op: 'delete', key },
      { op: 'put', key: { ...key, pk: asidePartition(key.pk) }, item },
    ]);
  }

  function later(item: Item): Item {
    const receives = Number(item['receives']) + 1;
    const pause = Math.min(PAUSE_MS * 2 ** Math.min(receives, 20), LONGEST_PAUSE_MS);
    return { ...item, receives, dueAt: iso(clock.now() + pause) };
  }

  /** Page by page, each message once; then what has come meanwhile. */
  async function drainAll(): Promise<void> {
    do {
      again = false;
      const before = iso(clock.now());
      let after: string | undefined;
      do {
        const page = await table.due(QUEUES, before, { limit: PAGE, ...(after !== undefined && { after }) });
        await Promise.all(page.keys.map(handle));
        after = page.next;
      } while (after !== undefined);
    } while (again);
  }

  return {
    put,
    sender: (queue) => ({
      async send({ body }) {
        return { receipt: await put(queue, JSON.stringify(body)) };
      },
    }),
    drain() {
      again = true;
      draining ??= drainAll().finally(() => {
        draining = undefined;
      });
      return draining;
    },
  };
}
