/** Tells pages what changes, as it changes. */
import type { Item } from '../../core/types.ts';
import type { Watcher } from './index.ts';
import type { ChangeNotice, CountersView } from './views.ts';

/** The counters are looked at so often (ms). */
const COUNTERS_MS = 500;
/** A connection on which nothing is said would be taken for dead by what stands between. */
const HEARTBEAT_MS = 15_000;
/**
 * So many instances a page may not have been told of. About 200 KB: more than a page that keeps up ever has, and who does not is
 * better off with asking afresh.
 */
const UNTOLD = 2_000;
/** So many pages are told at once. */
const PAGES = 64;

/** Somebody who is told. */
export interface Listener {
  /** Takes a piece of the stream. @returns when it may have more. */
  write(text: string): Promise<unknown>;
  /** Ends it; `slow`: at once, whatever is still under way. */
  end(why: 'slow' | 'closed'): void;
}

interface Page {
  listener: Listener;
  changes: Map<string, ChangeNotice>;
  counters: string | undefined;
  beat: boolean;
  isWriting: boolean;
}

export class Live {
  readonly #counters: () => CountersView;
  readonly #watch: (watcher: Watcher | undefined) => void;
  readonly #pages = new Set<Page>();
  /** Of this turn of the event loop. */
  #changes = new Map<string, ChangeNotice>();
  #timers: NodeJS.Timeout[] = [];
  #told = '';
  #isClosed = false;

  /** @param watch sets who is told of all changes: nobody as long as there is no page. */
  constructor(counters: () => CountersView, watch: (watcher: Watcher | undefined) => void) {
    this.#counters = counters;
    this.#watch = watch;
  }

  /** How many pages are told. */
  get pages(): number {
    return this.#pages.size;
  }

  /** Whether there is no room for one more. */
  get isFull(): boolean {
    return this.#isClosed || this.#pages.size >= PAGES;
  }

  /**
   * Tells a listener of all changes from now on, and how the counters stand.
   *
   * @returns how to end that.
   */
  add(listener: Listener): () => void {
    const page: Page = { listener, changes: new Map(), counters: undefined, beat: false, isWriting: false };
    this.#pages.add(page);
    if (this.#pages.size === 1) this.#start();
    page.counters = JSON.stringify(this.#counters());
    this.#write(page);
    return () => this.#remove(page);
  }

  /** Ends all of it. */
  close(): void {
    this.#isClosed = true;
    for (const page of this.#pages) {
      this.#remove(page);
      page.listener.end('closed');
    }
  }

  #start(): void {
    this.#told = JSON.stringify(this.#counters());
    this.#watch((pk, record) => this.#note(pk, record));
    this.#timers = [
      setInterval(() => this.#tellCounters(), COUNTERS_MS),
      setInterval(() => this.#beat(), HEARTBEAT_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  #remove(page: Page): void {
    if (!this.#pages.delete(page) || this.#pages.size > 0) return;
    this.#watch(undefined);
    for (const timer of this.#timers) clearInterval(timer);
    this.#changes.clear();
  }

  /** Once a turn for each instance, however often it changes. */
  #note(pk: string, record: Item | undefined): void {
    if (this.#changes.size === 0) setImmediate(() => this.#tell());
    const at = pk.indexOf('#');
    const before = this.#changes.get(pk) ?? { flow: pk.slice(0, at), id: pk.slice(at + 1) };
    const moved = record && { state: String(record['state']), version: Number(record['version']) };
    this.#changes.set(pk, { ...before, ...moved });
  }

  #tell(): void {
    const changes = this.#changes;
    this.#changes = new Map();
    for (const page of this.#pages) {
      for (const [pk, notice] of changes) page.changes.set(pk, { ...page.changes.get(pk), ...notice });
      if (page.changes.size <= UNTOLD) {
        this.#write(page);
        continue;
      }
      this.#remove(page);
      page.listener.end('slow');
    }
  }

  #tellCounters(): void {
    const counters = JSON.stringify(this.#counters());
    if (counters === this.#told) return;
    this.#told = counters;
    for (const page of this.#pages) {
      page.counters = counters;
      this.#write(page);
    }
  }

  #beat(): void {
    for (const page of this.#pages) {
      page.beat = true;
      this.#write(page);
    }
  }

  /** One piece at a time: what comes meanwhile waits, the newest of each instance. */
  #write(page: Page): void {
    if (page.isWriting || !this.#pages.has(page)) return;
    const text = taken(page);
    if (text === '') return;
    page.isWriting = true;
    page.listener.write(text).then(
      () => {
        page.isWriting = false;
        this.#write(page);
      },
      () => this.#remove(page),
    );
  }
}

/** What a page is to be told, in the form of server-sent events. */
function taken(page: Page): string {
  const changes = [...page.changes.values()].map((notice) => event('change', JSON.stringify(notice)));
  const counters = page.counters === undefined ? '' : event('counters', page.counters);
  const beat = page.beat ? ':\n\n' : '';
  page.changes.clear();
  page.counters = undefined;
  page.beat = false;
  return [...changes, counters, beat].join('');
}

/** @param data one line. */
const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;
