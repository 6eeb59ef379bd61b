import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../core/ports.ts';

/**
 * A clock that moves only by hand. Short pauses are real, for the other side of a conflict is real, and move nothing; a long
 * one (the time-out of a call) ends when the clock has been moved past it.
 */
export class HandClock implements Clock {
  #now = Date.parse('2026-11-25T12:00:00.000Z');
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  async sleep(ms: number): Promise<void> {
    if (ms < 6_000) return wait(ms);
    await new Promise<void>((wake) => this.after(ms, wake));
  }

  after(ms: number, task: () => void): () => void {
    const sleeper = { until: this.#now + ms, wake: task };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }
}
