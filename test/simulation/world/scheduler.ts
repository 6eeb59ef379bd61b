/** Simulated time, and the one place where it is decided who goes on next. */

/** Whoever waits. What a dead one waits for never happens. */
export interface Waiter {
  readonly dead: boolean;
  /** Until then (ms) it stands still, as a frozen process does. */
  readonly frozenUntil: number;
}

interface Wait {
  at: number;
  order: number;
  waiter: Waiter;
  wake: () => void;
}

/**
 * Wakes one waiter after the other, in the order of simulated time, and lets the code behind it run until it waits again:
 * so a run is the same every time, and code that really waits (hashing in a thread pool) delays nothing but the run.
 */
export class Scheduler {
  readonly #heap: Wait[] = [];
  #now: number;
  #order = 0;
  #working = 0;
  readonly #over = Promise.withResolvers<never>();
  /** How often somebody was woken. */
  steps = 0;

  constructor(start: number) {
    this.#now = start;
    this.#over.promise.catch(() => {});
  }

  /** Milliseconds since 1970 UTC. */
  get now(): number {
    return this.#now;
  }

  /** Resolves after `ms` of simulated time. */
  wait(ms: number, waiter: Waiter): Promise<void> {
    return new Promise((resolve) => this.after(ms, waiter, resolve));
  }

  /** Calls `task` after `ms` of simulated time. Returns how to call that off. */
  after(ms: number, waiter: Waiter, task: () => void): () => void {
    const wait = { at: this.#now + Math.max(0, ms), order: ++this.#order, waiter, wake: task };
    this.#push(wait);
    return () => {
      wait.wake = () => {};
    };
  }

  /** Work that ends by itself, in real time: nobody else goes on meanwhile. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
    }
  }

  /** Inside of `working`: something that waits for simulated time. */
  waiting<T>(wait: () => Promise<T>): Promise<T> {
    return this.waits()(wait);
  }

  /** The same for work that may wait for several things at once: it goes on when all of them are there. */
  waits(): <T>(wait: () => Promise<T>) => Promise<T> {
    let open = 0;
    let all = Promise.withResolvers<void>();
    return async (wait) => {
      if (open++ === 0) {
        this.#working--;
        all = Promise.withResolvers();
      }
      const { promise, resolve } = all;
      try {
        return await Promise.race([wait(), this.#over.promise]);
      } finally {
        if (--open === 0) {
          this.#working++;
          resolve();
        }
        await promise;
      }
    };
  }

  /** Work that still waits comes to an end, so that nothing of it stays behind in real time. */
  end(): void {
    this.#over.reject(new Error('the run is over'));
  }

  /** Runs until nobody waits, nobody waits for anything before `until`, or `enough` says so. */
  async run(until: number, enough: () => boolean = () => false): Promise<void> {
    await this.#settle();
    while (!enough()) {
      const next = this.#heap[0];
      if (!next || next.at > until) break;
      this.#pop();
      if (next.waiter.dead) continue;
      this.#now = Math.max(this.#now, next.at);
      if (next.waiter.frozenUntil > this.#now) {
        next.at = next.waiter.frozenUntil;
        this.#push(next);
        continue;
      }
      this.steps++;
      next.wake();
      await this.#settle();
    }
    if (!enough()) this.#now = Math.max(this.#now, until);
  }

  /** All microtasks, and all real work. */
  async #settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#working > 0);
  }

  #push(wait: Wait): void {
    const heap = this.#heap;
    let at = heap.push(wait) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Wait;
      if (!before(wait, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = wait;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Wait;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && before(heap[right] as Wait, heap[left] as Wait) ? right : left;
      if (!before(heap[child] as Wait, last)) break;
      heap[at] = heap[child] as Wait;
      at = child;
    }
    heap[at] = last;
  }
}

const before = (one: Wait, other: Wait): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
