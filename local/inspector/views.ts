/** What the inspector's page is told: the shapes of `/inspect/api`. All instants are ISO 8601 UTC. */
import type { EffectStatus } from '../../core/bookkeeping.ts';
import type { Persistence } from '../../core/flow.ts';
import type { Graph } from '../../core/graph.ts';
import type { Fact, JsonObject } from '../../core/types.ts';

/** `GET /inspect/api/flows` */
export interface FlowsView {
  flows: FlowView[];
}

export interface FlowView {
  name: string;
  persistence: Persistence;
  /** What the picture of the machine is drawn from. */
  graph: Graph;
}

/**
 * Why somebody should look at an instance:
 *
 * - `overdue`: its deadline, or what it has deferred, has been due for more than a minute, and nothing has moved it;
 * - `effect-unknown`: nobody knows whether an effect of its present state was performed, and nobody tries any more;
 * - `effect-failed`: an effect of its present state was given up, nothing has come of that, and the state is not a final one;
 * - `alarm`: it has called for a person since the process was started.
 */
export type StuckReason = 'overdue' | 'effect-unknown' | 'effect-failed' | 'alarm';

/** One line of a list of instances. */
export interface InstanceLine {
  flow: string;
  id: string;
  state: string;
  version: number;
  final: boolean;
  /** Of the newest transition. */
  at: string;
  deadline?: string;
  stuck?: StuckReason;
}

/**
 * `GET /inspect/api/instances?flow=F&only=newest|overdue|stuck&state=S&limit=n`: the newest first; `only` is `newest` where it is
 * not given, `limit` 50, at most 200.
 */
export interface InstancesView {
  instances: InstanceLine[];
  /** Whether what was there before this process is still being read: the list may lack some. */
  reading: boolean;
}

export interface EffectView {
  id: string;
  kind: string;
  status: EffectStatus;
  /** How often it was tried. */
  attempt: number;
  /** When it is tried again. */
  nextAt?: string;
  reason?: string;
  receipt?: string;
  /** What is asked for, with personal fields masked. */
  request: JsonObject;
}

export interface TransitionView {
  version: number;
  event: { id: string; type: string; at?: string };
  from: string;
  to: string;
  facts: Fact[];
  /** Empty where the flow keeps no entry of this transition, or no longer. */
  effects: EffectView[];
  /** Whether the entry of this transition is still there; without it there is no telling of its effects. */
  entry: boolean;
  status: 'applied' | 'deferred';
  dropped: { id: string; type: string }[];
  at: string;
  hash?: string;
}

/** `GET /inspect/api/flows/F/instances/ID`, with `?version=n` (journal flows only) as it was then. */
export interface InstanceView {
  flow: string;
  id: string;
  persistence: Persistence;
  state: string;
  version: number;
  /** The version that it has by now; equal to `version` unless another one was asked for. */
  newest: number;
  final: boolean;
  createdAt: string;
  deadline?: string;
  expiresAt?: string;
  stuck?: StuckReason;
  /** With personal fields masked. */
  data: JsonObject;
  deferred: { id: string; type: string; at: string; due: boolean }[];
  /**
   * In order of version: those of the journal, up to `version` where one was asked for; in an outbox the last 32, as the trail
   * has them.
   */
  transitions: TransitionView[];
}

/** `GET /inspect/api/overdue`: what is due and has not been done, the oldest first, at most 200. */
export interface OverdueView {
  overdue: {
    flow: string;
    id: string;
    /** A record waits for its deadline or for deferred events, an entry for its effects. */
    what: 'deadline' | 'deferred' | 'effects';
    state: string;
    dueAt: string;
  }[];
}

/** `GET /inspect/api/counters`: since the process was started. */
export interface CountersView {
  since: string;
  /** Events that changed something. */
  transitions: number;
  /** Versions that were overtaken, and transactions that met another one. */
  conflicts: number;
  clashes: number;
  /** Effects: delivered; tried once more; of unknown fate; given up; no longer wanted. */
  delivered: number;
  retries: number;
  unknown: number;
  failed: number;
  expired: number;
  /** Events that could not be resolved because a service was down. */
  unavailable: number;
  alarms: number;
}

/**
 * `GET /inspect/api/live`: server-sent events. `change` names an instance of which something has been written (its record, or what
 * became of its effects); `counters` has the counters, at most twice a second; both as JSON. What was missed is not told again: who
 * connects afresh asks afresh.
 */
export interface ChangeNotice {
  flow: string;
  id: string;
  /** Present where the record itself has changed. */
  state?: string;
  version?: number;
}
