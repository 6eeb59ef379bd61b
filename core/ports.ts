/** What the core asks of the world. Adapters implement these; nothing here knows AWS, SQLite or a flow. */
import type { EffectError } from './errors.ts';
import type { DefinitionInput, DefinitionOutput, Effect, Item, JsonObject, Key, Write } from './types.ts';

/** Time, for everyone. `now` is in milliseconds since 1970 UTC. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Calls `task` after `ms` milliseconds. Returns how to call that off. */
  after(ms: number, task: () => void): () => void;
}

/** Unguessable text (at least 128 bits) and uniform numbers in [0, 1). */
export interface Randomness {
  id(): string;
  fraction(): number;
}

/**
 * How a transaction ended, where it did not fail: `committed`; `conflict`: a condition did not hold, so whoever decided on
 * the old truth must decide again; `clash`: another transaction or a throttle was in the way, the same writes may be
 * repeated as they are.
 */
export type TransactOutcome = 'committed' | 'conflict' | 'clash';

export interface TransactOptions {
  /**
   * `relaxed`: the write must survive the end of the process, but need not survive a power cut. For notes whose loss
   * looks the same as a crash just before them (the claim of an effect). `soon`: the same, but not for long: within a few
   * milliseconds it is as `full`. A table may ignore either.
   */
  durability?: 'full' | 'soon' | 'relaxed';
}

export interface ReadOptions {
  /**
   * `strong` (the default): the item as last committed. `eventual`: the item as it was committed at some time, now or shortly
   * before, or its absence; reads after each other may even go back in time. Cheaper on some tables; others ignore it. Only
   * for what a condition of the transaction that relies on it, or a strong read after it, holds against the truth.
   */
  consistency?: 'strong' | 'eventual';
}

export interface StoredItem {
  key: Key;
  item: Item;
}

export interface DuePage {
  keys: Key[];
  /** Hand it back as `after` for the next page; absent on the last one. */
  next?: string;
}

/** The only thing the core asks of a database. */
export interface Table {
  /** One read, strongly consistent unless asked otherwise. */
  read(key: Key, options?: ReadOptions): Promise<Item | undefined>;
  /** All items of one partition whose sort key begins with `prefix`, in order of the sort key. */
  query(table: string, pk: string, prefix: string): Promise<StoredItem[]>;
  /** Keys of items of `table` whose `dueAt` is not after `before`. Read late, may lie: the item decides. */
  due(table: string, before: string, page: { limit: number; after?: string }): Promise<DuePage>;
  /** All or nothing. Never two writes to one item (an error of the caller). */
  transact(writes: Write[], options?: TransactOptions): Promise<TransactOutcome>;
}

/** Committed puts, in the order of their commit. Listeners must not throw. */
export interface ChangeFeed {
  subscribe(listener: (changes: StoredItem[]) => void): () => void;
}

/** Runs a flow's definition as a function that writes nothing. Throws `ResolverFailed` where the execution itself failed. */
export interface Resolver {
  resolve(flow: string, input: DefinitionInput): Promise<DefinitionOutput>;
}

/** What an executor achieved: done with it, or an event for the instance that asked. `receipt` is kept on the entry. */
export type Performed =
  | { done: true; receipt?: string }
  | { event: { type: string; payload: JsonObject }; receipt?: string };

export interface EffectContext {
  flow: string;
  flowId: string;
  /** The idempotency key: the effect's id, or that of the effect it repeats. */
  key: string;
  now: string;
  /** The entry as stored that asks for it. */
  entry: Item;
  /** Aborts when the time for one call (10 s) is up. */
  signal: AbortSignal;
}

/** Performs effects of one kind. Throws `EffectError` to say how a try failed; anything else counts as ambiguous. */
export interface EffectExecutor {
  /** Tried until it succeeds, or is refused for good, however long that takes. For what may be done twice, and must be done. */
  persistent?: true;
  /**
   * Whoever performs it tells no try from the ones before: that a try was refused proves nothing of them. With an idempotency key
   * it does.
   */
  unkeyed?: true;
  perform(effect: Effect, context: EffectContext): Promise<Performed>;
  /**
   * The event that tells the instance that the effect failed for good. None where the last failure left open whether it
   * happened and the instance must not take that for a no: the effect then rests as unknown, and a deadline inquires.
   */
  failure(effect: Effect, failure: EffectError): { type: string; payload: JsonObject } | undefined;
}

/** Secrets by name; an implementation caches them. */
export type Secrets = (name: string) => Promise<string>;

/** One table, read-only: all that an action may see of the world. */
export interface Reader {
  get(pk: string, sk: string, options?: ReadOptions): Promise<Item | undefined>;
  query(pk: string, prefix: string): Promise<StoredItem[]>;
}

/** Hands a text message to a phone network. */
export interface SmsSender {
  /**
   * @param message `body` is the text; `origin` is what the body can be derived from again, for an inbox that must not
   * store it. Throws `EffectError`.
   */
  send(message: {
    to: string;
    body: string;
    effectId: string;
    origin: JsonObject;
    signal: AbortSignal;
  }): Promise<{
    receipt: string;
  }>;
}

/** Hands messages to the queue of another system. */
export interface QueueSender {
  /**
   * @param message `id` names it: the other side drops doubles by it.
   * @throws EffectError: `permanent` where the queue refuses such a message for good; `transient`, `ambiguous`.
   */
  send(message: { id: string; body: JsonObject; signal: AbortSignal }): Promise<{ receipt: string }>;
}

/** Something worth counting or logging. Carries no payload, no personal data. */
export type Signal =
  | { type: 'delivered'; flow: string; flowId: string; event: string; status: string; state: string }
  | { type: 'conflict' | 'clash'; flow: string; flowId: string; event: string; attempt: number }
  | { type: 'unavailable'; flow: string; flowId: string; event: string; reason: string }
  | {
      type: 'effect';
      flow: string;
      flowId: string;
      effect: string;
      kind: string;
      status: string;
      attempt: number;
    }
  /** A person must look at this instance. */
  | { type: 'alarm'; flow: string; flowId: string; reason: string }
  /** What claims to come from somebody, and does not. */
  | { type: 'forged'; source: string }
  | { type: 'failure'; where: string; subject: string; error: string }
  | {
      type: 'reconciled';
      records: number;
      entries: number;
      failures: number;
      /** Age of the oldest overdue entry with an effect still open, as the pass found it; 0 where there was none. */
      oldestSeconds: number;
    };

export type Observer = (signal: Signal) => void;

/** Where a test may throw or kill. The names say what has just been, or is about to be, done. */
export type CrashPoint =
  | `${'load' | 'resolve' | 'commit'}.${'before' | 'after'}`
  | `${'claim' | 'perform' | 'mark'}.${'before' | 'after'}`;

export type CrashHook = (point: CrashPoint, subject: string) => void | Promise<void>;
