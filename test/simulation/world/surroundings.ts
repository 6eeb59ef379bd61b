/** What everything in a run shares: its time, its chance, what goes wrong, and the trace of what happened. */
import { Chance } from './chance.ts';
import { type FaultKind, Faults } from './faults.ts';
import { Scheduler, type Waiter } from './scheduler.ts';
import { Trace } from './trace.ts';

const START = Date.parse('2026-11-24T12:00:00.000Z');

/** Those who never die: callers, networks, clocks. */
export const outside: Waiter = { dead: false, frozenUntil: 0 };

export class Surroundings {
  readonly seed: number;
  readonly scheduler = new Scheduler(START);
  readonly faults: Faults;
  readonly trace = new Trace(() => ({ step: this.scheduler.steps, at: this.scheduler.now }));
  /** Actions that fail for a while, wherever they run: until when. */
  readonly outages = new Map<string, number>();
  readonly #chance: Chance;

  constructor(seed: number) {
    this.seed = seed;
    this.#chance = this.chance('waits');
    this.faults = new Faults(this.chance('faults'));
  }

  /** A source of chance of its own, so that what one part draws does not move the others. */
  chance(name: string): Chance {
    return new Chance(this.seed, name);
  }

  get now(): number {
    return Math.floor(this.scheduler.now);
  }

  /** Whether it goes wrong here and now; if so, the trace says it. */
  strikes(kind: FaultKind, process: string, subject = ''): boolean {
    if (!this.faults.strikes(kind)) return false;
    this.trace.add({ what: 'fault', kind, process, subject });
    return true;
  }

  /** A wait whose length nobody knows before, between `from` and `to` ms: mostly short. */
  delay(from: number, to: number, waiter: Waiter = outside): Promise<void> {
    return this.scheduler.wait(from + (to - from) * this.#chance.fraction() ** 3, waiter);
  }

  pause(ms: number, waiter: Waiter = outside): Promise<void> {
    return this.scheduler.wait(ms, waiter);
  }
}
