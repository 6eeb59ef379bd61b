/** Re-drives whatever is overdue: passed deadlines, deferred events that became due, entries left pending. */
import { deliverables, entryItemOf, isSettled } from './bookkeeping.ts';
import type { Deliverer } from './delivery.ts';
import { loggable } from './errors.ts';
import type { Flow } from './flow.ts';
import type { Clock, Observer, Table } from './ports.ts';
import type { Relay } from './relay.ts';
import type { Item, Key } from './types.ts';

export interface ReconcilerPorts {
  table: Table;
  clock: Clock;
  check: Deliverer['check'];
  relay: Relay;
  flows: { [name: string]: Flow };
  observe?: Observer;
}

export interface Reconciled {
  records: number;
  entries: number;
  failures: number;
}

/** What a pass has come to so far; `oldest`: since when the oldest entry that it found open is waiting. */
type Pass = Reconciled & { oldest: string | undefined };

/** How many keys one look into the index takes, and how many are driven at once. */
const PAGE = 100;
const RECORDS_AT_ONCE = 16;
const ENTRIES_AT_ONCE = 64;

/**
 * One pass over all that is due at `before` (default: now). Linear in what is due, never in what exists. One bad item
 * holds up no other: its failure is counted and reported, and the next pass tries it again.
 */
export function createReconciler(ports: ReconcilerPorts) {
  const { table, clock, check, relay, flows, observe = () => {} } = ports;

  /** Drives one item. What cannot be done now is a failure of this pass; the next one tries again. */
  async function drive(key: Key, done: Pass): Promise<void> {
    const failed = (error: string) => {
      done.failures++;
      observe({ type: 'failure', where: 'reconciler', subject: `${key.pk}/${key.sk}`, error });
    };
    const at = key.pk.indexOf('#');
    const flow = flows[key.pk.slice(0, at)];
    if (!flow) return failed('unknown-flow');
    try {
      if (key.sk === 'record') {
        done.records++;
        const { status } = await check(flow, key.pk.slice(at + 1));
        if (status === 'unavailable' || status === 'conflict') failed(status);
      } else {
        done.entries++;
        const item = await table.read(key);
        if (item) done.oldest = earlier(done.oldest, openSince(item));
        if (item) await relay.handle(item);
      }
    } catch (error) {
      failed(loggable(error));
    }
  }

  /** Page by page, as they are asked for: nobody waits for the slowest of a page. */
  async function* allDue(before: string): AsyncGenerator<Key> {
    let after: string | undefined;
    do {
      const page = await table.due('flows', before, { limit: PAGE, ...(after !== undefined && { after }) });
      yield* page.keys;
      after = page.next;
    } while (after !== undefined);
  }

  /** Drives keys, so many at once, as they come. Where they break off, what has begun is still finished before that is told. */
  async function driveAll(
    keys: AsyncIterable<Key> | Iterable<Key>,
    atOnce: number,
    done: Pass,
  ): Promise<void> {
    const shared = once(keys);
    const workers = Array.from({ length: atOnce }, async () => {
      for await (const key of shared) await drive(key, done);
    });
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  return async function reconcile(before = clock.now()): Promise<Reconciled> {
    const done: Pass = { records: 0, entries: 0, failures: 0, oldest: undefined };
    const entries: Key[] = [];
    async function* records(): AsyncGenerator<Key> {
      for await (const key of allDue(new Date(before).toISOString())) {
        if (key.sk === 'record') yield key;
        else entries.push(key);
      }
    }
    // First what waits for time: an effect may take as long as its provider does.
    await driveAll(records(), RECORDS_AT_ONCE, done);
    await driveAll(entries, ENTRIES_AT_ONCE, done);
    const { oldest, ...reconciled } = done;
    const oldestSeconds = oldest === undefined ? 0 : Math.max(0, (clock.now() - Date.parse(oldest)) / 1000);
    observe({ type: 'reconciled', ...reconciled, oldestSeconds });
    return reconciled;
  };
}

/** Since when an entry has waited for an effect that is still open. */
function openSince(item: Item): string | undefined {
  const entry = entryItemOf(item);
  return deliverables(entry).some((effect) => !isSettled(entry, effect)) ? entry.at : undefined;
}

/** Of two instants, ISO 8601 UTC. */
const earlier = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/** One iteration that many may share. */
async function* once<T>(all: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* all;
}
