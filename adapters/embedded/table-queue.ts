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

  async function handle(key: Key): Promise<void> {
    const item = await table.read(key);
    const handler = handlers[key.pk];
    if (!item || !handler) return;
    const handled = await handler(String(item['text'])).catch((error: unknown): Handled => {
      observe({ type: 'failure', where: 'queue', subject: key.pk, error: loggable(error) });
      return 'again';
    });
    if (handled === 'done') await table.transact([{ op: 'delete', key }]);
    if (handled === 'again') await table.transact([{ op: 'put', key, item: later(item) }]);
    if (handled === 'refused') {
      const { dueAt: _, ...aside } = item;
      await table.transact([
        { op: 'delete', key },
        { op: 'put', key: { ...key, pk: asidePartition(key.pk) }, item: aside },
      ]);
    }
  }

  function later(item: Item): Item {
    const receives = Number(item['receives']) + 1;
    const pause = Math.min(PAUSE_MS * 2 ** Math.min(receives, 20), LONGEST_PAUSE_MS);
    return { ...item, receives, dueAt: iso(clock.now() + pause) };
  }

  async function drainOnce(): Promise<void> {
    for (;;) {
      again = false;
      const { keys } = await table.due(QUEUES, iso(clock.now()), { limit: PAGE });
      await Promise.all(keys.map(handle));
      if (keys.length < PAGE && !again) return;
    }
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
      draining ??= drainOnce().finally(() => {
        draining = undefined;
      });
      return draining;
    },
  };
}
