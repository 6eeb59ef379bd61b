/** Performs committed effects, each under its own idempotency key, and turns results into events. */
import {
  type Bookkeeping,
  bookkeepingOf,
  type EntryItem,
  entryItemOf,
  expired,
  isWanted,
  later,
  type RelaySettings,
  relayDefaults,
  toTryAgain,
  UNDELIVERED,
  usedUp,
} from './bookkeeping.ts';
import type { Deliverer } from './delivery.ts';
import { asEffectError, EffectError, isDetentError, loggable } from './errors.ts';
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
   * @throws DetentError `table-unavailable`, where not even that could be written down.
   */
  handle(item: Item, options?: { restartedAt?: number }): Promise<void>;
}

export function createRelay(ports: RelayPorts): Relay {
  const { clock, deliver, flows, executors, observe = () => {}, crash = () => {} } = ports;
  const settings = { ...relayDefaults, ...ports.settings };
  const notes = createNotes(ports, settings);

  /** One call of the executor, never longer than its time-out. */
  async function call(executor: EffectExecutor, entry: EntryItem, effect: Effect): Promise<Performed> {
    const abort = new AbortController();
    const timeout = clock.sleep(settings.timeoutMs, abort.signal).then(
      () => Promise.reject(new EffectError('ambiguous', 'time-out')),
      () => new Promise<never>(() => {}),
    );
    const { flow, flowId } = entry;
    const now = new Date(clock.now()).toISOString();
    const context = { flow, flowId, key: effect.repeats ?? effect.id, now, signal: abort.signal };
    try {
      return await Promise.race([executor.perform(effect, context), timeout]);
    } finally {
      abort.abort();
    }
  }

  /**
   * Quick tries for what is transient; the last of them ends before the lease does.
   *
   * @returns `unwanted` where nobody wants the effect any more: not even a quick try may come too late; `lapsed` where this
   * process was held up for so long that another one could have the effect before a call ends.
   */
  async function perform(
    executor: EffectExecutor,
    entry: EntryItem,
    effect: Effect,
  ): Promise<{ performed: Performed } | { failure: EffectError } | 'unwanted' | 'lapsed'> {
    const leaseUntil = Date.parse(bookkeepingOf(entry, effect).leaseUntil ?? '');
    for (let tries = 1; ; tries++) {
      if (!isWanted(effect, clock.now())) return 'unwanted';
      if (clock.now() + settings.timeoutMs >= leaseUntil) return 'lapsed';
      const pause = settings.quickPauseMs * tries;
      await crash('perform.before', effect.id);
      try {
        return { performed: await call(executor, entry, effect) };
      } catch (error) {
        const failure = asEffectError(error);
        const late = clock.now() + pause + settings.timeoutMs >= leaseUntil;
        if (failure.failure !== 'transient' || tries >= settings.quickTries || late) return { failure };
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
    if (!flow) throw new Error(`the flow ${entry.flow} is not known here`);
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
        const again = later('unknown', mark.attempt, UNDELIVERED, clock.now(), settings);
        await notes.note(entry, effect, again);
      } else if ((status === 'applied' || status === 'deferred') && !answer.replayed) {
        notes.report(entry, effect, mark);
      } else {
        await notes.note(entry, effect, mark);
      }
    } catch (error) {
      if (error !== superseded) throw error;
    }
  }

  async function fail(executor: EffectExecutor, entry: EntryItem, effect: Effect, failure: EffectError) {
    const { attempt } = bookkeepingOf(entry, effect);
    const again = toTryAgain(attempt, failure, clock.now(), settings);
    if (again) return notes.note(entry, effect, again);
    const reason = failure.message;
    const event = executor.failure(effect, failure);
    if (event) return conclude(entry, effect, event, { status: 'failed', attempt, reason });
    return notes.note(entry, effect, { status: 'unknown', attempt, reason });
  }

  async function handleEffect(
    executor: EffectExecutor,
    entry: EntryItem,
    effect: Effect,
    leaseFloor: number,
  ): Promise<void> {
    let mine = await notes.claim(entry, effect, leaseFloor);
    if (!mine) return;
    const claim = bookkeepingOf(mine, effect);
    if (usedUp(claim, settings)) {
      return fail(executor, mine, effect, new EffectError('ambiguous', 'attempts-used-up'));
    }
    let tried = await perform(executor, mine, effect);
    while (tried === 'lapsed') {
      const renewed = await notes.renew(mine, effect);
      if (!renewed) return;
      mine = renewed;
      tried = await perform(executor, mine, effect);
    }
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
  async function giveUp(entry: EntryItem, effect: Effect, error: unknown): Promise<void> {
    if (!isDetentError(error) || error.advice === 'retry') throw error;
    observe({ type: 'failure', where: 'relay', subject: effect.id, error: loggable(error) });
    const now = await notes.fresh(entry);
    if (!now) return;
    const { attempt } = bookkeepingOf(now, effect);
    await notes.note(now, effect, { status: 'failed', attempt, reason: error.code });
  }

  return {
    async handle(item, { restartedAt } = {}) {
      const leaseFloor = restartedAt === undefined ? 0 : restartedAt + settings.leaseMs;
      let entry: EntryItem | undefined = entryItemOf(item);
      const mine = entry.effects.filter(({ kind }) => kind in executors);
      for (const [index, effect] of mine.entries()) {
        if (index > 0) entry = await notes.fresh(entry);
        const executor = executors[effect.kind];
        if (!entry || !executor) return;
        const held = entry;
        await handleEffect(executor, held, effect, leaseFloor).catch((error) => giveUp(held, effect, error));
      }
    },
  };
}
