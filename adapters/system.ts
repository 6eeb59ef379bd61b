/** Time and chance of the machine, for either runtime. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Randomness } from '../core/ports.ts';

/** The machine's clock, moved ahead by an offset that only grows (0 but in development). */
export class SystemClock implements Clock {
  #offsetMs: number;

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Moves everything that asks for `now`; who already sleeps goes on sleeping in real time. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  async sleep(ms: number): Promise<void> {
    await wait(ms);
  }

  after(ms: number, task: () => void): () => void {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  }
}

export const systemRandomness: Randomness = {
  id: () => randomBytes(16).toString('base64url'),
  fraction: () => Math.random(),
};
