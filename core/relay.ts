/** Performs committed effects, each under its own idempotency key, and turns results into events. */

import type { Deliverer } from './deliver.ts';
import {
  type Bookkeeping,
  bookkeepingOf,
  claimed,
  type EntryItem,
  entryItemOf,
  isSettled,
  itemOf,
  nextStep,
  noted,
  type RelaySettings,
  relayDefaults,
  toTryAgain,
  wasLeftOpen,
} from './delivery.ts';
import { asEffectError, EffectError } from './errors.ts';
import { entryKey, type Flow } from './flow.ts';
import type { Clock, CrashHook, EffectExecutor, Observer, Performed, Table } from './ports.ts';
import type { Effect, Item, Write } from './types.ts';

export interface RelayPorts {
  table: Table;
  clock: Clock;
  deliver: Deliverer['deliver'];
  flows: { [name: string]: Flow };
  /** By kind. A relay leaves effects of other kinds alone. */
  executors: { [kind: string]: EffectExecutor };
  observe?: Observer;
  crash?: CrashHook;
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
  const { table, clock, deliver, flows, executors, observe = () => {}, crash = () => {} } = ports;
  const settings = { ...relayDefaults, ...ports.settings };

  const keyOf = ({ flow, flowId, version }: EntryItem) => entryKey(flow, flowId, version);

  async function fresh(entry: EntryItem): Promise<EntryItem | undefined> {
    const item = await table.read(keyOf(entry));
    return item && entryItemOf(item);
  }

  const put = (before: EntryItem, after: EntryItem): Write => ({
    op: 'put',
    key: keyOf(before),
    item: itemOf(after),
    if: { equals: { revision: before.revision } },
  });

  function report(entry: EntryItem, effect: Effect, { status, attempt }: Bookkeeping): void {
    const { flow, flowId } = entry;
    observe({ type: 'effect', flow, flowId, effect: effect.id, kind: effect.kind, status, attempt });
  }

  /** Writes a note on the entry as it is now, whoever else writes on it meanwhile. */
  async function note(entry: EntryItem, effect: Effect, made: Bookkeeping): Promise<EntryItem | undefined> {
    for (let now: EntryItem | undefined = entry; now; now = await fresh(entry)) {
      if (isSettled(now, effect)) return now;
      const after = withNote(now, effect, made);
      if ((await table.transact([put(now, after)])) === 'committed') {
        report(entry, effect, made);
        return after;
      }
    }
    return undefined;
  }

  function withNote(entry: EntryItem, effect: Effect, made: Bookkeeping): EntryItem {
    const keep = flows[entry.flow]?.persistence === 'outbox' ? settings.keepMs : undefined;
    return noted(entry, effect, clock.now(), made, keep);
  }

  /** Takes the effect for the length of a lease; undefined where it is not to be had (now). */
  async function claim(entry: EntryItem, effect: Effect, leaseFloor: number): Promise<EntryItem | undefined> {
    for (let now: EntryItem | undefined = entry; now; now = await fresh(entry)) {
      const step = nextStep(now, effect, clock.now(), leaseFloor);
      if (step === 'nothing') return undefined;
      if (step === 'expire') {
        await note(now, effect, { ...bookkeepingOf(now, effect), status: 'expired' });
        return undefined;
      }
      const after = claimed(now, effect, clock.now(), settings);
      await crash('claim.before', effect.id);
      const outcome = await table.transact([put(now, after)], { durability: 'relaxed' });
      await crash('claim.after', effect.id);
      if (outcome === 'committed') {
        if (wasLeftOpen(now, effect))
          report(entry, effect, { ...bookkeepingOf(after, effect), status: 'unknown' });
        return after;
      }
    }
    return undefined;
  }

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

  async function perform(
    executor: EffectExecutor,
    entry: EntryItem,
    effect: Effect,
  ): Promise<{ performed: Performed } | { failure: EffectError }> {
    for (let tries = 1; ; tries++) {
      await crash('perform.before', effect.id);
      try {
        return { performed: await call(executor, entry, effect) };
      } catch (error) {
        const failure = asEffectError(error);
        if (failure.failure !== 'transient' || tries >= settings.quickTries) return { failure };
      } finally {
        await crash('perform.after', effect.id);
      }
      await clock.sleep(settings.quickPauseMs * tries);
    }
  }

  /** Delivers a result event in one transaction with the mark; where the event changes nothing, the mark goes alone. */
  async function conclude(
    entry: EntryItem,
    effect: Effect,
    event: { type: string; payload: Item },
    mark: Bookkeeping,
  ): Promise<void> {
    const flow = flows[entry.flow];
    if (!flow) throw new Error(`the flow ${entry.flow} is not known here`);
    const alongside = async () => {
      const now = await fresh(entry);
      return now && !isSettled(now, effect) ? [put(now, withNote(now, effect, mark))] : [];
    };
    const answer = await deliver({
      flow,
      flowId: entry.flowId,
      event: { ...event, id: `${effect.id}/result` },
      origin: 'own',
      alongside,
    });
    // Not delivered yet: the lease runs out, and the reconciler performs again under the same key.
    if (answer.status === 'conflict' || answer.status === 'unavailable') return;
    const marked = (answer.status === 'applied' || answer.status === 'deferred') && !answer.replayed;
    if (marked) report(entry, effect, mark);
    else await note(entry, effect, mark);
  }

  async function handleEffect(
    executor: EffectExecutor,
    entry: EntryItem,
    effect: Effect,
    leaseFloor: number,
  ): Promise<void> {
    const mine = await claim(entry, effect, leaseFloor);
    if (!mine) return;
    const { attempt } = bookkeepingOf(mine, effect);
    const tried = await perform(executor, mine, effect);
    await crash('mark.before', effect.id);
    if ('failure' in tried) {
      const { failure } = tried;
      const again = toTryAgain(attempt, failure, clock.now(), settings);
      const failed: Bookkeeping = { status: 'failed', attempt, reason: failure.message };
      if (again) await note(mine, effect, again);
      else await conclude(mine, effect, executor.failure(effect, failure.message), failed);
    } else {
      const { receipt } = tried.performed;
      const mark: Bookkeeping = { status: 'delivered', attempt, ...(receipt && { receipt }) };
      if ('event' in tried.performed) await conclude(mine, effect, tried.performed.event, mark);
      else await note(mine, effect, mark);
    }
    await crash('mark.after', effect.id);
  }

  return {
    async handle(item, { restartedAt } = {}) {
      const leaseFloor = restartedAt === undefined ? 0 : restartedAt + settings.leaseMs;
      let entry: EntryItem | undefined = entryItemOf(item);
      const mine = entry.effects.filter(({ kind }) => kind in executors);
      for (const [index, effect] of mine.entries()) {
        if (index > 0) entry = await fresh(entry);
        const executor = executors[effect.kind];
        if (!entry || !executor) return;
        await handleEffect(executor, entry, effect, leaseFloor);
      }
    },
  };
}
