/** What `deliver` is given and what it answers. */
import type { Flow } from './flow.ts';
import type { Clock, CrashHook, Observer, Randomness, Resolver, Table } from './ports.ts';
import type { FlowEvent, InstanceRecord, JsonObject, RememberedAnswer, Write } from './types.ts';

/** Limits of the engine; all times in ms. */
export interface DeliverSettings {
  /** How often a delivery may load, the first time included. */
  attempts: number;
  /** Full jitter between those. */
  backoff: { base: number; cap: number };
  /** For how long a delivery is tried anew; whoever waits for it does not wait for ever (API Gateway: 30 s). */
  patienceMs: number;
  /** For how long a clash repeats the commit alone. */
  clashMs: number;
  /** Largest record, and largest input of a definition, in bytes of JSON. Step Functions stops at 262,144. */
  maxBytes: number;
}

export const deliverDefaults: DeliverSettings = {
  attempts: 10,
  backoff: { base: 10, cap: 1_000 },
  patienceMs: 20_000,
  clashMs: 5_000,
  maxBytes: 200_000,
};

export interface DeliverPorts {
  table: Table;
  resolver: Resolver;
  clock: Clock;
  random: Randomness;
  /** Keyed hash of a text, in hexadecimal, at least 32 digits. */
  fingerprint: (text: string) => Promise<string>;
  observe?: Observer;
  crash?: CrashHook;
  settings?: Partial<DeliverSettings>;
}

export interface Delivery {
  flow: Flow;
  flowId: string;
  event: Omit<FlowEvent, 'at'>;
  /** `own`: from our relay or a deadline; never refused for size. */
  origin?: 'outside' | 'own';
  /**
   * The caller has just drawn this `flowId` at random: the first try takes the instance for absent and does not load. Where
   * that is wrong the commit is a conflict, and the delivery loads as always.
   */
  fresh?: boolean;
  /** More writes for the same transaction, made anew for every try (the mark on an entry). */
  alongside?: () => Promise<Write[]>;
}

/** What became of an event. `record` is the record that the answer speaks of. */
export type Answer =
  | (RememberedAnswer & {
      state: string;
      version: number;
      /** From the actions to the caller, this once: a replayed answer has none. */
      reply: JsonObject;
      replayed: boolean;
      record: InstanceRecord;
    })
  /** Not allowed: nothing was written. Without a record: the instance does not exist, and this does not create it. */
  | { status: 'rejected'; reason: string; state: string; reply: JsonObject; record?: InstanceRecord }
  | { status: 'not-found' }
  /** The event id was used for something else. */
  | { status: 'key-reused' }
  /** Others were faster, as often as we tried: nothing was written. */
  | { status: 'conflict'; state: string }
  /** A needed service is down: nothing was written. */
  | { status: 'unavailable'; reason: string };

export interface Deliverer {
  /**
   * Delivers one event: at most one transition, in one transaction.
   *
   * @returns what became of it. After `unavailable` and `conflict` the same event may be delivered again.
   * @throws DetentError `too-large` (nothing was written), or one of advice `give-up`.
   */
  deliver(delivery: Delivery): Promise<Answer>;
  /**
   * Asks whether anything in the instance waits for time: due deferred events, a passed deadline. The event is built from
   * the record just loaded, on every try; so asking late, twice or for no reason does no harm.
   */
  check(flow: Flow, flowId: string): Promise<Answer>;
  /** The live record: one read, no change. */
  load(flow: Flow, flowId: string): Promise<InstanceRecord | undefined>;
}
