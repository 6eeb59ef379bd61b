/** Looks into the instances of one embedded process, and counts what it does. It writes nothing. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { type Flow, partition, recordKey } from '../../core/flow.ts';
import { type Graph, graphOf } from '../../core/graph.ts';
import { entryOf, foldedTo } from '../../core/journal.ts';
import type { Clock, Observer, Signal } from '../../core/ports.ts';
import type { InstanceRecord, Item, Key } from '../../core/types.ts';
import { count, noCounts } from './counters.ts';
import { InstanceIndex, MOST } from './index.ts';
import { instanceView } from './instance.ts';
import { isFinal, iso, liveRecord, movedAt, OVERDUE_MS, stuckOf, usableEntry } from './judgement.ts';
import { Live } from './live.ts';
import type {
  CountersView,
  FlowsView,
  InstanceLine,
  InstancesView,
  InstanceView,
  OverdueView,
} from './views.ts';

export interface InspectorPorts {
  table: Pick<SqliteTable, 'read' | 'query' | 'due' | 'scan' | 'subscribe'>;
  clock: Pick<Clock, 'now'>;
  flows: { [name: string]: Flow };
  observe: Observer;
}

export interface Asked {
  flow?: string | undefined;
  state?: string | undefined;
  only: 'newest' | 'overdue' | 'stuck';
  limit: number;
}

export type Inspector = ReturnType<typeof createInspector>;

/** So many instances are looked at in one turn of the event loop. */
const AT_ONCE = 50;

/** Begins to note what changes in the table. */
export function createInspector({ table, clock, flows, observe }: InspectorPorts) {
  const graphs = Object.fromEntries(
    Object.entries(flows).map(([name, { definition }]) => [name, graphOf(definition)]),
  );
  const index = new InstanceIndex({ table, clock, graphs, observe });
  const counts = noCounts();
  const since = iso(clock.now());
  const counters = (): CountersView => ({ since, transitions: index.transitions, ...counts });
  const live = new Live(counters, (watcher) => {
    index.watcher = watcher;
  });

  /** What the table has of an instance; undefined where that is no live one of a flow that is known here. */
  async function look(pk: string): Promise<{ item: Item; record: InstanceRecord; graph: Graph } | undefined> {
    const item = await table.read({ table: 'flows', pk, sk: 'record' });
    const record = liveRecord(item, clock.now());
    const graph = record && graphs[record.flow];
    return item && record && graph && { item, record, graph };
  }

  async function entriesOf(pk: string): Promise<Item[]> {
    return (await table.query('flows', pk, 'entry#')).map(({ item }) => item);
  }

  async function stuck(pk: string, item: Item, graph: Graph, entries?: Item[]) {
    const read = entries ?? (index.isTroubled(pk) ? await entriesOf(pk) : []);
    const usable = read.flatMap((entry) => usableEntry(entry) ?? []);
    return stuckOf(item, usable, { graph, now: clock.now(), alarmed: index.isAlarmed(pk) });
  }

  async function lineOf(pk: string): Promise<InstanceLine | undefined> {
    const found = await look(pk);
    if (!found) return undefined;
    const { item, record, graph } = found;
    const { flow, flowId: id, state, version, deadline } = record;
    const reason = await stuck(pk, item, graph);
    return {
      ...{ flow, id, state, version, final: isFinal(graph, record), at: movedAt(record) },
      ...(deadline !== undefined && { deadline }),
      ...(reason && { stuck: reason }),
    };
  }

  /** Of one flow and state, so many, the newest first. */
  async function newest({ flow, state, limit }: Asked): Promise<InstanceLine[]> {
    const lines: InstanceLine[] = [];
    for (const [pk] of index.newest(flow, state)) {
      if (lines.length === limit) break;
      const line = await lineOf(pk);
      const isThere = line && (state === undefined || line.state === state);
      if (isThere) lines.push(line);
      else index.forget(flowOf(pk), pk, state);
    }
    if (state !== undefined && lines.length < limit) index.refill(flow, state, lines.length);
    return lines;
  }

  /** Keys of what is due by then, the oldest first, as far as it has to be looked at. */
  async function* due(before: number): AsyncGenerator<Key> {
    let after: string | undefined;
    do {
      const page = await table.due('flows', iso(before), {
        limit: AT_ONCE,
        ...(after !== undefined && { after }),
      });
      yield* page.keys;
      after = page.next;
      // The table answers at once, so that nobody else would have a turn before the last page.
      await nextTurn();
    } while (after !== undefined);
  }

  const suits = ({ flow, state }: Asked, line: InstanceLine): boolean =>
    (flow === undefined || line.flow === flow) && (state === undefined || line.state === state);

  /** What has been due for long: the oldest that there is room for. */
  async function overdueLines(asked: Asked): Promise<InstanceLine[]> {
    const lines: InstanceLine[] = [];
    for await (const { pk, sk } of due(clock.now() - OVERDUE_MS)) {
      if (lines.length === asked.limit) break;
      if (sk !== 'record' || (asked.flow !== undefined && flowOf(pk) !== asked.flow)) continue;
      const line = await lineOf(pk);
      if (line?.stuck === 'overdue' && suits(asked, line)) lines.push(line);
    }
    return lines;
  }

  async function stuckLines(asked: Asked): Promise<InstanceLine[]> {
    const lines = new Map((await overdueLines(asked)).map((line) => [partition(line.flow, line.id), line]));
    for (const [looked, pk] of index.troubled().entries()) {
      if (lines.size >= asked.limit) break;
      if (lines.has(pk) || (asked.flow !== undefined && flowOf(pk) !== asked.flow)) continue;
      if (looked % AT_ONCE === 0) await nextTurn();
      const line = await lineOf(pk);
      if (!line?.stuck) index.clear(pk);
      else if (suits(asked, line)) lines.set(pk, line);
    }
    return [...lines.values()];
  }

  const lists = { newest, overdue: overdueLines, stuck: stuckLines };

  return {
    live,
    counters,

    /** Takes note of a signal. */
    hear(signal: Signal): void {
      count(counts, signal);
      if (signal.type === 'alarm') index.alarm(signal.flow, signal.flowId);
    },

    flows: (): FlowsView => ({
      flows: Object.values(flows).map(({ name, persistence }) => ({
        ...{ name, persistence },
        graph: graphs[name] as Graph,
      })),
    }),

    async instances(asked: Asked): Promise<InstancesView> {
      // Before the list: what has been read since may be missing there.
      const reading = index.reading();
      const lines = await lists[asked.only](asked);
      return { instances: lines.sort(byNewest), reading };
    },

    /**
     * @param version that of then; the newest one where it is undefined.
     * @returns undefined where there is no such instance, or no such version of it.
     */
    async instance(flow: Flow, id: string, version?: number): Promise<InstanceView | undefined> {
      const pk = partition(flow.name, id);
      const found = await look(pk);
      if (!found) return undefined;
      const { item, record, graph } = found;
      const entries = await entriesOf(pk);
      const newest = record.version;
      if (version !== undefined && version !== newest) {
        const then = foldedTo(entries.map(entryOf), version);
        return then && instanceView(flow, graph, then, entries, { newest });
      }
      const reason = await stuck(pk, item, graph, entries);
      return instanceView(flow, graph, record, entries, { newest, stuck: reason });
    },

    /** What is due now. */
    async overdue(): Promise<OverdueView> {
      const overdue: OverdueView['overdue'] = [];
      for await (const key of due(clock.now())) {
        if (overdue.length === MOST) break;
        const line = await overdueLine(key);
        if (line) overdue.push(line);
      }
      return { overdue };
    },

    close(): void {
      live.close();
      index.close();
    },
  };

  async function overdueLine(key: Key): Promise<OverdueView['overdue'][number] | undefined> {
    const item = await table.read(key);
    const dueAt = item?.['dueAt'];
    if (!item || typeof dueAt !== 'string') return undefined;
    const [flow, id] = [flowOf(key.pk), key.pk.slice(flowOf(key.pk).length + 1)];
    if (key.sk !== 'record') {
      // Of an entry that nobody can read, too: it has been due for long.
      const record = await table.read(recordKey(flow, id));
      const state = String(record?.['state'] ?? item['to']);
      return { flow, id, what: 'effects', state, dueAt };
    }
    const record = liveRecord(item, clock.now());
    if (!record) return undefined;
    const what = record.deferred.some((waiting) => waiting.due) ? 'deferred' : 'deadline';
    return { flow, id, what, state: record.state, dueAt };
  }
}

const byNewest = (one: InstanceLine, other: InstanceLine): number =>
  one.at < other.at ? 1 : one.at > other.at ? -1 : 0;

const flowOf = (pk: string): string => pk.slice(0, pk.indexOf('#'));
