import type { Clock } from '../../core/ports.ts';

/**
 * A clock that moves only when told to. Short pauses (backoff) pass at once and move it by their length; longer sleeps
 * (time-outs) end when the test has moved the clock past them.
 */
export class TestClock implements Clock {
  #now: number;
  readonly #autoBelowMs: number;
  #sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(start = '2026-11-24T12:00:00.000Z', autoBelowMs = 6_000) {
    this.#now = Date.parse(start);
    this.#autoBelowMs = autoBelowMs;
  }

  now(): number {
    return this.#now;
  }

  iso(): string {
    return new Date(this.#now).toISOString();
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  async sleep(ms: number): Promise<void> {
    if (ms < this.#autoBelowMs) {
      await new Promise((resolve) => setImmediate(resolve));
      return this.advance(ms);
    }
    await new Promise<void>((resolve) => this.after(ms, resolve));
  }

  after(ms: number, task: () => void): () => void {
    const sleeper = { at: this.#now + ms, wake: task };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }
}
