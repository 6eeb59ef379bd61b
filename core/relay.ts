/** Performs committed effects, each under its own idempotency key, and turns results into events. */
import {
  type Bookkeeping,
  bookkeepingOf,
  deliverables,
  type EntryItem,
  entryItemOf,
  expired,
  isWanted,
  itemOf,
  overall,
  type RelaySettings,
  relayDefaults,
  toTryAgain,
  undelivered,
  usedUp,
} from './bookkeeping.ts';
import type { Deliverer } from './delivery.ts';
import { asEffectError, DetentError, EffectError, isDetentError, loggable, nameOf } from './errors.ts';
import { createNotes, type NotesPorts } from './notes.ts';
import type { EffectExecutor, Performed } from './ports.ts';
import type { Effect, Item, JsonObject } from './types.ts';

export interface RelayPorts extends NotesPorts {
  deliver: Deliverer['deliver'];
  /** By kind. A relay leaves effects of other kinds alone. */
  executors: { [kind: string]: EffectExecutor };
  settings?: Partial<RelaySettings>;
}

export interface Relay {
  /**
   * Takes an entry's open effects of this relay's kinds as far as they go now. Never throws for an effect that fails: what
   * is left open is written on the entry, and the reconciler goes on.
   *
   * @param item the entry as the change feed or the table gave it; it may be late or doubled.
   * @param options.restartedAt when (ms) the one process that performs effects began: older claims are nobody's.
   * @throws DetentError `table-unavailable`, where not even that could be written down; `invalid-entry`, where the item is
   * none that a relay can use.
   */
  handle(item: Item, options?: { restartedAt?: number }): Promise<void>;
}

/** @throws DetentError `misconfigured` where the settings would let two perform at once. */
export function createRelay(ports: RelayPorts): Relay {
  const { clock, deliver, flows, executors, observe = () => {}, crash = () => {} } = ports;
  const settings = { ...relayDefaults, ...ports.settings };
  if (settings.leaseMs <= settings.timeoutMs) {
    throw new DetentError(
      'misconfigured',
      `a lease (${settings.leaseMs} ms) must be longer than one call may take (${settings.timeoutMs} ms)`,
    );
  }
  const notes = createNotes(ports, settings);

  /** One call of the executor, never longer than its time-out. */
  async function call(executor: EffectExecutor, entry: EntryItem, effect: Effect): Promise<Performed> {
    const abort = new AbortController();
    const late = Promise.withResolvers<never>();
    const callOff = clock.after(settings.timeoutMs, () => {
      late.reject(new EffectError('ambiguous', 'time-out'));
      abort.abort();
    });
    const { flow, flowId } = entry;
    const now = new Date(clock.now()).toISOString();
    const key = effect.repeats ?? effect.id;
    const context = { flow, flowId, key, now, entry: itemOf(entry), signal: abort.signal };
    try {
      return await Promise.race([executor.perform(effect, context), late.promise]);
    } finally {
      callOff();
    }
  }

  /**
   * Quick tries for what is transient; each of them ends before the lease does. Who was held up for so long that another
   * one could have the effect before a call ends takes a new lease first.
   *
   * @returns `unwanted` where nobody wants the effect any more: not even a quick try may come too late; `lost` where
   * somebody else has it by now.
   */
  async function perform(
    executor: EffectExecutor,
    entry: EntryItem,
    effect: Effect,
  ): Promise<{ performed: Performed } | { failure: EffectError } | 'unwanted' | 'lost'> {
    let held: EntryItem | undefined = entry;
    const isLate = (pause = 0) => clock.now() + pause + settings.timeoutMs >= leaseEnd(held, effect);
    for (let tries = 1; ; tries++) {
      if (!isWanted(effect, clock.now())) return 'unwanted';
      if (isLate()) held = await notes.renew(held, effect);
      if (!held || isLate()) return 'lost';
      const pause = settings.quickPauseMs * tries;
      await crash('perform.before', effect.id);
      try {
        return { performed: await call(executor, held, effect) };
      } catch (error) {
        const failure = asEffectError(error);
        const isOver = tries >= settings.quickTries || failure.pauseMs > 0 || isLate(pause);
        if (failure.failure !== 'transient' || isOver) return { failure };
      } finally {
        await crash('perform.after', effect.id);
      }
      await clock.sleep(pause);
    }
  }

  /** Delivers a result event in one transaction with the mark; where the event changes nothing, the mark goes alone. */
  async function conclude(
    entry: EntryItem,
    effect: Effect,
    event: { type: string; payload: JsonObject },
    mark: Bookkeeping,
  ): Promise<void> {
    const flow = flows[entry.flow];
    if (!flow) throw new DetentError('misconfigured', `the flow ${entry.flow} is not known here`);
    const superseded = new Error('another claim holds this effect by now');
    const alongside = async () => {
      const writes = await notes.alongside(entry, effect, mark);
      if (!writes) throw superseded;
      return writes;
    };
    const delivery = { flow, flowId: entry.flowId, event: { ...event, id: `${effect.id}/result` } };
    try {
      const answer = await deliver({ ...delivery, origin: 'own', alongside });
      const { status } = answer;
      if (status === 'conflict' || status === 'unavailable') {
        await notes.note(entry, effect, undelivered(mark.attempt, clock.now(), settings));
      } else if ((status === 'applied' || status === 'deferred') && !answer.replayed) {
        notes.report(entry, effect, mark);
      } else {
        await notes.note(entry, effect, mark);
      }
    } catch (error) {
      if (error !== superseded) throw error;
    }
  }

  async function fail(executor: EffectExecutor, entry: EntryItem, effect: Effect, last: EffectError) {
    const claim = bookkeepingOf(entry, effect);
    const again = toTryAgain(claim, last, clock.now(), settings, executor.persistent);
    if (again) return notes.note(entry, effect, again);
    const { attempt } = claim;
    const failure = overall(claim, last, executor.unkeyed);
    const left = {
      attempt,
      reason: failure.message,
      ...(failure.failure === 'ambiguous' && { performed: 'perhaps' as const }),
    };
    const event = failureEvent(executor, effect, failure);
    if (event) return conclude(entry, effect, event, { status: 'failed', ...left });
    return notes.note(entry, effect, { status: 'unknown', ...left });
  }

  async function handleClaimed(executor: EffectExecutor, mine: EntryItem, effect: Effect): Promise<void> {
    const claim = bookkeepingOf(mine, effect);
    if (!executor.persistent && usedUp(claim, settings)) {
      return fail(executor, mine, effect, new EffectError('ambiguous', 'attempts-used-up'));
    }
    const tried = await perform(executor, mine, effect);
    if (tried === 'lost') return;
    await crash('mark.before', effect.id);
    if (tried === 'unwanted') {
      await notes.note(mine, effect, expired(mine, effect));
    } else if ('failure' in tried) {
      await fail(executor, mine, effect, tried.failure);
    } else {
      const { receipt } = tried.performed;
      const { attempt } = claim;
      const mark: Bookkeeping = { status: 'delivered', attempt, ...(receipt && { receipt }) };
      if ('event' in tried.performed) await conclude(mine, effect, tried.performed.event, mark);
      else await notes.note(mine, effect, mark);
    }
    await crash('mark.after', effect.id);
  }

  /** A fault of ours (a definition's bad output, say) ends this effect, not its neighbours. */
  async function giveUp(mine: EntryItem, effect: Effect, error: unknown): Promise<void> {
    if (!isDetentError(error) || error.advice === 'retry') throw error;
    observe({ type: 'failure', where: 'relay', subject: effect.id, error: loggable(error) });
    const { attempt } = bookkeepingOf(mine, effect);
    await notes.note(mine, effect, { status: 'failed', attempt, reason: error.code });
  }

  return {
    async handle(item, { restartedAt } = {}) {
      const leaseFloor = restartedAt === undefined ? 0 : restartedAt + settings.leaseMs;
      let entry: EntryItem | undefined = entryItemOf(item);
      const mine = deliverables(entry).filter(({ kind }) => kind in executors);
      for (const [index, effect] of mine.entries()) {
        if (index > 0) entry = await notes.fresh(entry);
        const executor = executors[effect.kind];
        if (!entry || !executor) return;
        const claim = await notes.claim(entry, effect, leaseFloor);
        if (claim) {
          await handleClaimed(executor, claim, effect).catch((error) => giveUp(claim, effect, error));
        }
      }
    },
  };
}

/** When (ms) the lease of a claim ends. */
const leaseEnd = (entry: EntryItem | undefined, effect: Effect): number =>
  Date.parse((entry && bookkeepingOf(entry, effect).leaseUntil) ?? '');

/** @throws DetentError `misconfigured` where an executor cannot say what its own failure means. */
function failureEvent(executor: EffectExecutor, effect: Effect, failure: EffectError) {
  try {
    return executor.failure(effect, failure);
  } catch (error) {
    throw new DetentError(
      'misconfigured',
      `the executor of ${effect.kind} failed to tell its failure: ${nameOf(error)}`,
    );
  }
}
