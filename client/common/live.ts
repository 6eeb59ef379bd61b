/** What changes in the process, as it says it: one connection for all parts of a page. */
import type { ChangeNotice, CountersView } from '../../local/inspector/views.ts';

/** `away`: the process does not answer; it is tried again all the time. */
export type Connection = 'connecting' | 'live' | 'away';

/** Somebody who is told. */
export interface Hearer {
  change?(notice: ChangeNotice): void;
  counters?(counters: CountersView): void;
  connection?(connection: Connection): void;
  /** The connection stands, perhaps again: what was said before then was not heard. */
  open?(): void;
}

/** What is used of an EventSource. */
export interface Source {
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

/** Whether anybody can see the page. */
export interface Visibility {
  isHidden(): boolean;
  /** @returns how to end that. */
  onChange(listener: () => void): () => void;
}

/** So long after a connection broke, or did not come about, the next one is tried (ms). */
const AGAIN_MS = 1_000;

/** So long a hidden page stays connected: somebody may only have looked away (ms). */
const HIDDEN_MS = 1_000;

/** A hidden page is not connected: over HTTP/1.1 a browser has six connections to a process, for all of its pages. */
export class Live {
  readonly #open: () => Source;
  readonly #visibility: Visibility;
  readonly #hearers = new Set<Hearer>();
  #source: Source | undefined;
  /** Until it connects again, or gives up the connection of a hidden page. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;
  #counters: CountersView | undefined;
  #connection: Connection = 'connecting';

  /** @param open connects; it is connected as long as somebody listens, and sees the page. */
  constructor(open: () => Source, visibility: Visibility) {
    this.#open = open;
    this.#visibility = visibility;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get counters(): CountersView | undefined {
    return this.#counters;
  }

  /** @returns how to end that. */
  hear(hearer: Hearer): () => void {
    this.#hearers.add(hearer);
    if (this.#hearers.size === 1) this.#begin();
    return () => {
      if (this.#hearers.delete(hearer) && this.#hearers.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#unwatch = this.#visibility.onChange(() => this.#look());
    this.#look();
  }

  /** Connects where the page is seen; otherwise gives the connection up, which is nothing to be told. */
  #look(): void {
    clearTimeout(this.#timer);
    if (!this.#visibility.isHidden()) {
      if (!this.#source) this.#connect();
    } else if (this.#source) this.#timer = setTimeout(() => this.#close(), HIDDEN_MS);
  }

  #connect(): void {
    const source = this.#open();
    this.#source = source;
    source.addEventListener('open', () => {
      this.#become('live');
      this.#tell((hearer) => hearer.open?.());
    });
    source.addEventListener('change', ({ data }) => {
      const notice: ChangeNotice = JSON.parse(String(data));
      this.#tell((hearer) => hearer.change?.(notice));
    });
    source.addEventListener('counters', ({ data }) => {
      const counters: CountersView = JSON.parse(String(data));
      this.#counters = counters;
      this.#tell((hearer) => hearer.counters?.(counters));
    });
    // A browser tries again by itself only after some kinds of failure, and in its own time.
    source.addEventListener('error', () => {
      this.#close();
      clearTimeout(this.#timer);
      if (this.#visibility.isHidden()) return;
      this.#become('away');
      this.#timer = setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #end(): void {
    this.#unwatch?.();
    this.#close();
    clearTimeout(this.#timer);
    this.#connection = 'connecting';
  }

  #become(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.#tell((hearer) => hearer.connection?.(connection));
  }

  #tell(how: (hearer: Hearer) => void): void {
    for (const hearer of [...this.#hearers]) how(hearer);
  }
}

/** That of this page. */
export const live = new Live(() => new EventSource('/inspect/api/live'), {
  isHidden: () => document.hidden,
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
});
