/** The words of the glossary as types. Data only: everything here survives JSON. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Something that happened outside an instance. `id` makes its delivery idempotent; `at` is ISO 8601 UTC. */
export interface FlowEvent {
  id: string;
  type: string;
  payload: JsonObject;
  at: string;
}

/** A request for outside work, as an action asks for it. */
export interface EffectRequest {
  kind: string;
  /** The id of an earlier effect whose idempotency key this one uses again. */
  repeats?: string;
  /** ISO 8601 UTC. From then on nobody wants it any more: the relay marks it expired and does not perform it. */
  notAfter?: string;
  [field: string]: Json | undefined;
}

/** An effect as committed. Its id is `<flowId>/<version>/<n>`, n counting from 1 within the transition. */
export interface Effect extends EffectRequest {
  id: string;
}

/** What an action said, as the history keeps it and as others are told of it: its outcome, and what belongs to that. */
export interface Fact {
  type: string;
  [field: string]: Json;
}

/** What is threaded through the actions of one transition. */
export interface Step {
  data: JsonObject;
  effects: Effect[];
  facts: Fact[];
  writes: Write[];
  /** Goes to the caller; never stored, never logged. */
  reply: JsonObject;
  /** The outcome of the last action, on which the definition branches; empty before the first. */
  outcome: string;
}

/** What `deliver` hands to an execution of the definition. `retry`: after a conflict, on a record loaded again. */
export interface DefinitionInput {
  flow: { name: string; id: string; state: string; version: number; retry?: true };
  event: FlowEvent;
  now: string;
  step: Step;
}

/** How an execution of the definition ends. */
export type DefinitionOutput =
  | { state: string; step: Step; deadlineSeconds?: number; final?: boolean }
  | { deferred: true }
  | { rejected: { reason: string; reply?: JsonObject } }
  | { unavailable: { reason: string } };

/** An event that waits in the record for a change of state. It is due once the state has changed. */
export interface DeferredEvent {
  event: FlowEvent;
  fingerprint: string;
  due: boolean;
}

/** The answer to an event, as the trail remembers it. No secret is in it. */
export interface RememberedAnswer {
  status: 'applied' | 'deferred';
  outcome: string;
  view: JsonObject;
}

/** Top-level fields that were set or removed. */
export interface Change {
  set: JsonObject;
  removed: string[];
}

/** One of the last 32 transitions, kept in the record. */
export interface TrailItem {
  version: number;
  eventId: string;
  type: string;
  from: string;
  to: string;
  facts: string[];
  at: string;
  fingerprint: string;
  /** Deferred events that the new state rejects: in an outbox; in a journal the entry says it. */
  dropped?: { id: string; type: string }[];
  /** `outcome` is absent where the last fact says it. */
  answer: Pick<RememberedAnswer, 'status'> & { outcome?: string };
  /**
   * What makes the view of this answer from that of the next newer item; absent where both are the same. The newest item's
   * view is that of the record.
   */
  view?: Change;
}

/** The current state of one instance. `version` is the optimistic lock. All instants are ISO 8601 UTC. */
export interface InstanceRecord {
  flow: string;
  flowId: string;
  state: string;
  version: number;
  data: JsonObject;
  createdAt: string;
  /** When the state has waited long enough. Every state that is not final has one. */
  deadline?: string;
  /** From then on the record reads as absent. Only final states have one. */
  expiresAt?: string;
  deferred: DeferredEvent[];
  trail: TrailItem[];
  /** Of the newest entry, where the entries are a journal. */
  hash?: string;
}

/** What happens to the queue of deferred events in one transition. */
export interface DeferredChange {
  /** An event that starts to wait. */
  added?: DeferredEvent;
  /** Id of the event that this transition delivered, or dropped, from the queue. */
  taken?: string;
  /** Id of an event that was due and waits on. */
  again?: string;
  /** Events that the new state rejects, dropped by name. */
  dropped?: { id: string; type: string }[];
}

/** One transition, whole: folding the entries of an instance gives its record, at every version. */
export interface Entry {
  flow: string;
  flowId: string;
  version: number;
  event: { id: string; type: string; at: string };
  from: string;
  to: string;
  facts: Fact[];
  effects: Effect[];
  at: string;
  /** Of the data. */
  change: Change;
  /** Until when the instance rests after this transition. */
  rests: { deadline?: string; expiresAt?: string };
  deferred?: DeferredChange;
  fingerprint: string;
  answer: RememberedAnswer;
  /** What makes the view before of that in the answer: all that the trail keeps of it. Absent where both are the same. */
  viewBefore?: Change;
  /** In a journal: that of the entry before, empty in the first one; and that of this one, which covers all of the above. */
  previous?: string;
  hash?: string;
}

/** Where an item lives. Tables are named by what they hold: `flows`, `users`, `quotas`. */
export interface Key {
  table: string;
  pk: string;
  sk: string;
}

/**
 * The content of an item. Two attributes mean something to a table: `dueAt` (ISO 8601 UTC) puts the item into the
 * index of what waits for time, `expiresAt` (ISO 8601 UTC) lets the table delete it some time after that instant.
 */
export type Item = JsonObject;

/** All that is given must hold. `equals` and `atLeast` fail on an item or attribute that does not exist. */
export interface Condition {
  absent?: true;
  equals?: { [attribute: string]: string | number | boolean };
  atLeast?: { [attribute: string]: number };
}

/** One write of a transaction. `add` creates the item where it does not exist; `check` writes nothing. */
export type Write =
  | { op: 'put'; key: Key; item: Item; if?: Condition }
  | { op: 'delete'; key: Key; if?: Condition }
  | { op: 'add'; key: Key; deltas: { [attribute: string]: number }; set?: Item; if?: Condition }
  | { op: 'check'; key: Key; if: Condition };
