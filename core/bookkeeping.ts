/** Pure: the life of an effect, kept beside the immutable part of its entry. */
import { DetentError, EffectError } from './errors.ts';
import type { Effect, Item, Json, JsonObject } from './types.ts';

export type EffectStatus = 'pending' | 'claimed' | 'delivered' | 'failed' | 'unknown' | 'expired';

export interface Bookkeeping {
  status: EffectStatus;
  /** How often it was claimed. */
  attempt: number;
  /** While claimed: nobody else may perform it before then. */
  leaseUntil?: string;
  /** After a try that failed: not before then. */
  nextAt?: string;
  receipt?: string;
  reason?: string;
  /**
   * What earlier attempts left behind: it may have been performed (a crash, a time-out), or it was, and its result could
   * not be delivered. Absent: it was not.
   */
  performed?: 'perhaps' | 'surely';
}

/** The stored form of an entry: its effects, and what became of them. `revision` is the lock of the bookkeeping. */
export interface EntryItem {
  flow: string;
  flowId: string;
  version: number;
  at: string;
  effects: Effect[];
  /** Whether the transition itself is told to others. */
  publishes?: true;
  revision: number;
  delivery: { [effectId: string]: Bookkeeping };
  dueAt?: string;
  expiresAt?: string;
}

/** The kind of effect by which a transition is told to others. */
export const PUBLISH = 'publish';

/** All that is to be delivered of an entry: the effects that actions asked for, and last the word of the transition itself. */
export function deliverables({
  flowId,
  version,
  effects,
  publishes,
}: Pick<EntryItem, 'flowId' | 'version' | 'effects' | 'publishes'>): Effect[] {
  return publishes ? [...effects, { id: `${flowId}/${version}/0`, kind: PUBLISH }] : effects;
}

/** All times in ms. */
export const relayDefaults = {
  /** Tries in a row within one claim, for transient failures. */
  quickTries: 3,
  quickPauseMs: 100,
  /** Claims before it counts as failed. */
  attempts: 5,
  /** Shorter than the lease, so that two never perform at once. */
  timeoutMs: 10_000,
  leaseMs: 30_000,
  /** Until the second claim; doubles with every further one, so that a code (5 min) still gets four. */
  retryMs: 15_000,
  /** For how long a note is tried while the table does not take it. */
  writeMs: 5_000,
  writeBackoff: { base: 10, cap: 1_000 },
  /** How long a settled entry of an outbox stays to be looked at. */
  keepMs: 24 * 3_600_000,
};

export type RelaySettings = typeof relayDefaults;

const settled = new Set<EffectStatus>(['delivered', 'failed', 'expired']);

const untouched: Bookkeeping = { status: 'pending', attempt: 0 };

/** Where the life of every effect begins. */
export const allPending = (effects: Effect[]): EntryItem['delivery'] =>
  Object.fromEntries(effects.map(({ id }) => [id, untouched]));

export const bookkeepingOf = (entry: EntryItem, effect: Effect): Bookkeeping =>
  entry.delivery[effect.id] ?? untouched;

/** Nothing more will be done with it. That includes an effect whose fate stays unknown, with no time for another try. */
export function isSettled(entry: EntryItem, effect: Effect): boolean {
  const { status, nextAt } = bookkeepingOf(entry, effect);
  return settled.has(status) || (status === 'unknown' && nextAt === undefined);
}

/** Whether whoever made this note still holds the effect. That it was delivered is true whoever says it. */
export function mayNote(entry: EntryItem, effect: Effect, note: Bookkeeping): boolean {
  if (isSettled(entry, effect)) return false;
  return note.status === 'delivered' || bookkeepingOf(entry, effect).attempt === note.attempt;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * What may be done with an effect at `now` (ms): nothing (yet), claim it, or give up on it as no longer wanted.
 *
 * @param leaseFloor leases that end before this instant (ms) count as run out: whoever held them is known to be gone.
 */
export function nextStep(
  entry: EntryItem,
  effect: Effect,
  now: number,
  leaseFloor = 0,
): 'nothing' | 'claim' | 'expire' {
  const { status, leaseUntil, nextAt } = bookkeepingOf(entry, effect);
  if (isSettled(entry, effect)) return 'nothing';
  if (status === 'claimed' && leaseUntil && leaseUntil > iso(Math.max(now, leaseFloor))) return 'nothing';
  if (nextAt && nextAt > iso(now)) return 'nothing';
  return isWanted(effect, now) ? 'claim' : 'expire';
}

/** Whether anybody wants the effect at `now` (ms): nobody does from its `notAfter` on. */
export const isWanted = ({ notAfter }: Effect, now: number): boolean =>
  notAfter === undefined || notAfter > iso(now);

/** The note on an effect that nobody wants any more. */
export function expired(entry: EntryItem, effect: Effect): Bookkeeping {
  const { attempt, reason } = bookkeepingOf(entry, effect);
  return { status: 'expired', attempt, ...(reason !== undefined && { reason }) };
}

/**
 * The entry with one effect's bookkeeping replaced. Who notes late, after others have claimed, takes none of their attempts
 * away; what earlier attempts left behind stays known.
 */
export function noted(
  entry: EntryItem,
  effect: Effect,
  now: number,
  note: Bookkeeping,
  keepMs?: number,
): EntryItem {
  const before = bookkeepingOf(entry, effect);
  const attempt = Math.max(note.attempt, before.attempt);
  const performed = before.performed === 'surely' ? 'surely' : (note.performed ?? before.performed);
  const made = { ...note, attempt, ...(performed && note.status !== 'delivered' && { performed }) };
  const { dueAt: since = entry.at, ...kept } = entry;
  const next: EntryItem = {
    ...kept,
    revision: entry.revision + 1,
    delivery: { ...entry.delivery, [effect.id]: made },
  };
  const due = dueAt(next, since);
  if (due) next.dueAt = due;
  else if (keepMs !== undefined) next.expiresAt = iso(now + keepMs);
  return next;
}

/** When the reconciler should look again: the earliest of what is open. A claim never moves it before `since`. */
function dueAt(entry: EntryItem, since: string): string | undefined {
  const open = deliverables(entry).filter((effect) => !isSettled(entry, effect));
  const times = open.map((effect) => {
    const { leaseUntil = '', nextAt } = bookkeepingOf(entry, effect);
    return nextAt ?? (leaseUntil > since ? leaseUntil : since);
  });
  return times.sort()[0];
}

export function claimed(entry: EntryItem, effect: Effect, now: number, settings: RelaySettings): EntryItem {
  const { status, attempt, reason } = bookkeepingOf(entry, effect);
  const held: Bookkeeping = {
    status: 'claimed',
    attempt: attempt + 1,
    ...(reason !== undefined && { reason }),
    // The lease ran out: nobody knows what its holder has done.
    ...(status === 'claimed' && { performed: 'perhaps' }),
  };
  return noted(entry, effect, now, leased(held, now, settings));
}

/** A claim with a lease that begins at `now` (ms). */
export const leased = (held: Bookkeeping, now: number, { leaseMs }: RelaySettings): Bookkeeping => ({
  ...held,
  leaseUntil: iso(now + leaseMs),
});

/**
 * Whether an effect was claimed as often as it may be: by processes that died with it, for instance. One whose result
 * could not be delivered is done again however long that takes: it was performed, and its key makes it one.
 */
export const usedUp = ({ attempt, performed }: Bookkeeping, settings: RelaySettings): boolean =>
  attempt > settings.attempts && performed !== 'surely';

/**
 * The note after a try that failed but is not the last; undefined where it was the last.
 *
 * @param persistent whether only a no for good ends the tries.
 */
export function toTryAgain(
  { attempt, performed }: Bookkeeping,
  { failure, message, pauseMs }: EffectError,
  now: number,
  settings: RelaySettings,
  persistent = false,
): Bookkeeping | undefined {
  if (failure === 'permanent') return undefined;
  if (attempt >= settings.attempts && performed !== 'surely' && !persistent) return undefined;
  const open = failure === 'ambiguous' || performed === 'surely';
  const note = later(open ? 'unknown' : 'pending', attempt, message, now, settings, pauseMs);
  return failure === 'ambiguous' ? { ...note, performed: 'perhaps' } : note;
}

/** The note that it was performed, and its result could not be delivered: it is done again, under the same key. */
export const undelivered = (attempt: number, now: number, settings: RelaySettings): Bookkeeping => ({
  ...later('unknown', attempt, 'result-undelivered', now, settings),
  performed: 'surely',
});

/** The note that something is to be done again, after a pause that doubles with every attempt. */
function later(
  status: 'pending' | 'unknown',
  attempt: number,
  reason: string,
  now: number,
  { retryMs, attempts }: RelaySettings,
  pauseMs = 0,
): Bookkeeping {
  const nextAt = iso(now + Math.max(pauseMs, retryMs * 2 ** (Math.min(attempt, attempts) - 1)));
  return { status, attempt, nextAt, reason };
}

/**
 * The last failure, in the light of all attempts: that one try certainly did nothing says little where an earlier one may
 * have done it. A no for good is one, unless the effect is known to be done; without a key it speaks of its own try alone.
 */
export function overall({ performed }: Bookkeeping, last: EffectError, unkeyed = false): EffectError {
  const says = last.failure === 'permanent' && !unkeyed;
  const open = performed === 'surely' || (performed === 'perhaps' && !says);
  return open ? new EffectError('ambiguous', last.message) : last;
}

/**
 * An entry as stored, seen as what the relay needs of it.
 *
 * @throws DetentError `invalid-entry` where that is not there: no relay can use it, now or later.
 */
export function entryItemOf(item: Item): EntryItem {
  const { flow, flowId, version, revision, effects, delivery } = item;
  const isPlaced = typeof flow === 'string' && typeof flowId === 'string' && typeof version === 'number';
  const isNoted = typeof revision === 'number' && isObject(delivery);
  if (!isPlaced || !isNoted || !Array.isArray(effects) || !effects.every(isEffect)) {
    throw new DetentError(
      'invalid-entry',
      'an entry needs flow, flowId, version, revision, effects with id and kind, and delivery',
    );
  }
  return item as unknown as EntryItem;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEffect = (value: Json): boolean =>
  isObject(value) && typeof value['id'] === 'string' && typeof value['kind'] === 'string';

export const itemOf = (entry: EntryItem): Item => entry as unknown as Item;
