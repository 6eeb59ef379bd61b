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

/** So long after a connection broke, or did not come about, the next one is tried (ms). */
const AGAIN_MS = 1_000;

export class Live {
  readonly #open: () => Source;
  readonly #hearers = new Set<Hearer>();
  #source: Source | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #counters: CountersView | undefined;
  #connection: Connection = 'connecting';

  /** @param open connects; it is connected as long as somebody listens. */
  constructor(open: () => Source) {
    this.#open = open;
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
    if (this.#hearers.size === 1) this.#connect();
    return () => {
      if (this.#hearers.delete(hearer) && this.#hearers.size === 0) this.#end();
    };
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
      source.close();
      this.#become('away');
      this.#timer = setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }

  #end(): void {
    this.#source?.close();
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
export const live = new Live(() => new EventSource('/inspect/api/live'));
