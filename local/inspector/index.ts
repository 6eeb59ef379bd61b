/** Which instances there are. The table has no index of them, so that writing costs nothing more: they are noted as they come by. */
import { setTimeout as wait } from 'node:timers/promises';
import type { EntryItem } from '../../core/bookkeeping.ts';
import { loggable } from '../../core/errors.ts';
import { partition, recordKey } from '../../core/flow.ts';
import type { Graph } from '../../core/graph.ts';
import type { ChangeFeed, Clock, Observer, StoredItem, Table } from '../../core/ports.ts';
import type { Item, TrailItem } from '../../core/types.ts';
import { isFinal, leftBy, liveRecord, mayBeLeft, movedAt, usableEntry } from './judgement.ts';
import { type Named, Newest, newestFirst } from './lists.ts';

export interface IndexPorts {
  table: Pick<Table, 'read'> &
    ChangeFeed & {
      /** Items in the order of their keys, so many at a time. */
      scan(table: string, limit: number, after?: { pk: string; sk: string }): StoredItem[];
    };
  clock: Pick<Clock, 'now'>;
  graphs: { [flow: string]: Graph };
  observe: Observer;
}

/** So many lines a list has at the most. */
export const MOST = 200;

const kept = {
  /** Of each flow. */
  newest: 1_000,
  /** Of each state of each flow. */
  perState: MOST,
  /**
   * That have left something undone; and that have called for a person. Five times what a list shows: those that have been mended
   * since are dropped only when somebody looks.
   */
  troubled: 1_000,
};

/** So many items are read at once; requests are not held up for longer than that takes (a few ms). */
const PAGE = 200;
/** Then all others have so many times that time. */
const PAUSE = 2;
/** All is read again, for what there was no room for, no more often than that (ms). */
const AGAIN_MS = 60_000;

interface Lists {
  newest: Newest;
  states: Map<string, Newest>;
}

/** Told of every change of an instance; of its record where that has changed. */
export type Watcher = (pk: string, record: Item | undefined) => void;

/** Names partitions of the table `flows`. Whoever is given one must look: the instance may have moved on, or be gone. */
export class InstanceIndex {
  readonly #ports: IndexPorts;
  readonly #lists = new Map<string, Lists>();
  readonly #troubled = new Newest(kept.troubled);
  readonly #alarmed = new Newest(kept.troubled);
  readonly #unsubscribe: () => void;
  #scan: 'none' | 'running' | 'done' = 'none';
  #scannedAt = 0;
  #isClosed = false;
  /** How many transitions have been committed. */
  transitions = 0;
  /** Whoever is told of all changes. */
  watcher: Watcher | undefined;

  constructor(ports: IndexPorts) {
    this.#ports = ports;
    for (const name of Object.keys(ports.graphs))
      this.#lists.set(name, { newest: new Newest(kept.newest), states: new Map() });
    this.#unsubscribe = ports.table.subscribe((changes) => {
      for (const change of changes) if (change.key.table === 'flows') this.#take(change);
    });
  }

  /** With every commit, so it does next to nothing. */
  #take({ key: { pk, sk }, item }: StoredItem): void {
    if (sk === 'record') {
      this.transitions++;
      const { flow, state } = item;
      const newest = (item['trail'] as unknown as TrailItem[] | undefined)?.at(-1);
      const lists = this.#lists.get(flow as string);
      if (newest && lists) {
        lists.newest.tell(pk, newest.at);
        if (newest.from !== state) lists.states.get(newest.from)?.delete(pk);
        ofState(lists, state as string).tell(pk, newest.at);
      }
      this.watcher?.(pk, item);
    } else if (sk.startsWith('entry#')) {
      if (mayBeLeft(item)) void this.#judge(item);
      this.watcher?.(pk, undefined);
    }
  }

  /** Notes what an entry has left undone. */
  async #judge(item: Item): Promise<void> {
    try {
      const entry = usableEntry(item);
      if (!entry) return;
      const { flow, flowId, at } = entry;
      const record = await this.#ports.table.read(recordKey(flow, flowId));
      if (this.#isLeft(entry, record)) this.#troubled.tell(partition(flow, flowId), at);
    } catch (error) {
      this.#fail(error);
    }
  }

  #isLeft(entry: EntryItem, item: Item | undefined): boolean {
    const record = liveRecord(item, this.#ports.clock.now());
    const graph = record && this.#ports.graphs[record.flow];
    return record && graph ? leftBy(entry, record, isFinal(graph, record)) !== undefined : false;
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#ports.observe({ type: 'failure', where: 'inspector', subject: 'index', error: loggable(error) });
  }

  /** That an instance has called for a person: of that the table knows nothing. */
  alarm(flow: string, flowId: string): void {
    this.#alarmed.tell(partition(flow, flowId), new Date(this.#ports.clock.now()).toISOString());
  }

  /** Whether what was there before is still being read: begins with that where nobody has yet. */
  reading(): boolean {
    if (this.#isClosed) return false;
    if (this.#scan === 'none') void this.#readAll();
    // Also where that has failed at once: it is tried again.
    return this.#scan !== 'done';
  }

  /** Reads what is there, a page at a time. */
  async #readAll(): Promise<void> {
    this.#scan = 'running';
    this.#scannedAt = this.#ports.clock.now();
    for (const { states } of this.#lists.values()) for (const list of states.values()) list.isCut = false;
    /** Of the partition that is being read: entries come before the record. */
    let left: EntryItem[] = [];
    let last: StoredItem['key'] | undefined;
    try {
      for (;;) {
        const begun = performance.now();
        const page = this.#ports.table.scan('flows', PAGE, last);
        for (const { key, item } of page) {
          if (key.pk !== last?.pk) left = [];
          last = key;
          if (key.sk === 'record') this.#find(key.pk, item, left);
          else if (mayBeLeft(item)) left.push(...[usableEntry(item) ?? []].flat());
        }
        if (page.length < PAGE) break;
        await wait(PAUSE * (performance.now() - begun), undefined, { ref: false });
        if (this.#isClosed) return;
      }
      this.#scan = 'done';
    } catch (error) {
      // The next one who looks tries again.
      this.#scan = 'none';
      this.#fail(error);
    }
  }

  #find(pk: string, item: Item, entries: EntryItem[]): void {
    const record = liveRecord(item, this.#ports.clock.now());
    const lists = record && this.#lists.get(record.flow);
    if (!lists) return;
    const at = movedAt(record);
    lists.newest.find(pk, at);
    ofState(lists, record.state).find(pk, at);
    if (entries.some((entry) => this.#isLeft(entry, item))) this.#troubled.find(pk, at);
  }

  /** The newest first; of all flows, and in whatever state, where none is named. */
  newest(flow?: string, state?: string): Named[] {
    const lists = this.#of(flow).map(({ newest, states }) =>
      state === undefined ? newest : states.get(state),
    );
    return newestFirst(lists.flatMap((list) => list?.list() ?? []));
  }

  /** Those that have left something undone, and those that have called for a person. */
  troubled(): string[] {
    const all = newestFirst([...this.#troubled.list(), ...this.#alarmed.list()]);
    return [...new Set(all.map(([pk]) => pk))];
  }

  isTroubled(pk: string): boolean {
    return this.#troubled.has(pk);
  }

  isAlarmed(pk: string): boolean {
    return this.#alarmed.has(pk);
  }

  /** It was looked at, and there is nothing (any more). */
  clear(pk: string): void {
    this.#troubled.delete(pk);
  }

  /** It was looked at, and is not there (any more), or not in this state. */
  forget(flow: string, pk: string, state?: string): void {
    const lists = this.#lists.get(flow);
    if (state !== undefined) lists?.states.get(state)?.delete(pk);
    else lists?.newest.delete(pk);
  }

  /** Where a list of a state lacks what there once was no room for, all is read again. */
  refill(flow: string | undefined, state: string, found: number): void {
    const isLacking = this.#of(flow).some(({ states }) => states.get(state)?.isCut);
    const isRecent = this.#ports.clock.now() - this.#scannedAt < AGAIN_MS;
    if (isLacking && found < kept.perState && this.#scan === 'done' && !isRecent) this.#scan = 'none';
  }

  close(): void {
    this.#isClosed = true;
    this.watcher = undefined;
    this.#unsubscribe();
  }

  #of(flow: string | undefined): Lists[] {
    if (flow === undefined) return [...this.#lists.values()];
    const one = this.#lists.get(flow);
    return one ? [one] : [];
  }
}

function ofState({ states }: Lists, state: string): Newest {
  let list = states.get(state);
  if (!list) {
    list = new Newest(kept.perState);
    states.set(state, list);
  }
  return list;
}
