/** What goes wrong in a run, and how often. */
import type { Chance } from './chance.ts';

/** By kind: the highest probability, for each time that it might happen. */
const worst = {
  // The process.
  crash: 0.02,
  freeze: 0.004,
  // The table's answer to a transaction. After a time-out the write was lost, comes late, or has been done.
  conflict: 0.08,
  throttle: 0.08,
  'throttle-long': 0.01,
  'write-lost': 0.05,
  'write-late': 0.05,
  'answer-lost': 0.05,
  'disk-full': 0.03,
  'read-failed': 0.02,
  // What is read eventually is what it was up to a second ago.
  'read-old': 1,
  // The change feed and the index of what waits for time.
  'change-late': 0.2,
  'change-twice': 0.2,
  'change-lost': 0.1,
  'index-late': 0.3,
  'index-wrong': 0.3,
  // The definition and its actions.
  'execution-failed': 0.02,
  'action-failed': 0.03,
  'action-outage': 0.005,
  'signing-failed': 0.2,
  // Those who perform effects.
  'effect-transient': 0.2,
  'effect-permanent': 0.1,
  'effect-late': 0.2,
  'effect-lost': 0.1,
  'effect-outage': 0.02,
  // The card gateway: away, too many requests, an error that it keeps, a request or an answer lost, a no for no reason.
  'gateway-outage': 0.02,
  'gateway-limit': 0.2,
  'gateway-error': 0.3,
  'gateway-lost': 0.2,
  'gateway-late': 0.3,
  'gateway-refused': 0.1,
  // Those who listen to what has happened.
  'publish-failed': 0.2,
  'publish-late': 0.1,
  // The way between callers and processes.
  'request-twice': 0.15,
  'request-late': 0.1,
  'request-lost': 0.05,
  'reply-lost': 0.05,
  // What the payment provider tells by itself, and those who raise alarms.
  'webhook-late': 0.6,
  'webhook-twice': 0.6,
  'webhook-lost': 0.6,
  'alarm-outage': 0.6,
  // The queue to the warehouse says no to what it has taken before. The warehouse: it says no, comes late, says nothing until it is asked again, or nothing at all.
  'queue-refuses': 0.9,
  'command-late': 0.6,
  'command-twice': 0.6,
  'warehouse-rejects': 0.8,
  'warehouse-slow': 0.8,
  'warehouse-mute': 0.8,
  'warehouse-silent': 1,
  'report-late': 0.6,
  'report-twice': 0.6,
  'report-unheard': 0.3,
} as const;

export type FaultKind = keyof typeof worst;
export const faultKinds = Object.keys(worst) as FaultKind[];

/**
 * Every run has a weather of its own: some faults often, some seldom, some not at all, since what always happens together
 * hides what each does alone (Groce et al., "Swarm Testing", 2012).
 */
export class Faults {
  readonly counts: { [kind in FaultKind]?: number } = {};
  /** Once calm, nothing goes wrong any more. */
  calm = false;
  readonly #chance: Chance;
  readonly #odds: { [kind in FaultKind]?: number };

  constructor(chance: Chance) {
    this.#chance = chance;
    const weather = chance.pick([0, 0.3, 0.6, 0.9]);
    this.#odds = Object.fromEntries(
      Object.entries(worst).map(([kind, odds]) => [
        kind,
        chance.chance(weather) ? odds * chance.between(0.1, 1) : 0,
      ]),
    );
  }

  /** Whether it happens now. */
  strikes(kind: FaultKind): boolean {
    if (this.calm || !this.#chance.chance(this.#odds[kind] ?? 0)) return false;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    return true;
  }
}
