/** The notes beside an entry: all that the relay writes. Each is a compare-and-set on the entry's revision. */
import { fullJitter } from './backoff.ts';
import {
  type Bookkeeping,
  bookkeepingOf,
  claimed,
  type EntryItem,
  entryItemOf,
  expired,
  isSettled,
  itemOf,
  leased,
  mayNote,
  nextStep,
  noted,
  type RelaySettings,
} from './bookkeeping.ts';
import { DetentError, isDetentError } from './errors.ts';
import { entryKey, type Flow } from './flow.ts';
import type { Clock, CrashHook, Observer, Randomness, Table, TransactOptions } from './ports.ts';
import type { Effect, Write } from './types.ts';

export interface NotesPorts {
  table: Table;
  clock: Clock;
  random: Randomness;
  flows: { [name: string]: Flow };
  observe?: Observer;
  crash?: CrashHook;
}

export function createNotes(ports: NotesPorts, settings: RelaySettings) {
  const { table, clock, random, flows, observe = () => {}, crash = () => {} } = ports;

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

  function report({ flow, flowId }: EntryItem, effect: Effect, { status, attempt }: Bookkeeping): void {
    observe({ type: 'effect', flow, flowId, effect: effect.id, kind: effect.kind, status, attempt });
  }

  function withNote(entry: EntryItem, effect: Effect, made: Bookkeeping): EntryItem {
    const keep = flows[entry.flow]?.persistence === 'outbox' ? settings.keepMs : undefined;
    return noted(entry, effect, clock.now(), made, keep);
  }

  /**
   * Rewrites the entry as it is now, whoever else writes on it meanwhile, until that is done or `make` wants nothing.
   *
   * @param patienceMs for how long a table that stays away is asked again.
   */
  async function rewrite(
    entry: EntryItem,
    make: (now: EntryItem) => EntryItem | undefined,
    patienceMs: number,
    options?: TransactOptions,
  ): Promise<EntryItem | undefined> {
    const until = clock.now() + patienceMs;
    for (let tries = 1; ; tries++) {
      try {
        const now = tries === 1 ? entry : await fresh(entry);
        const after = now && make(now);
        if (!now || !after) return undefined;
        const outcome = await table.transact([put(now, after)], options);
        if (outcome === 'committed') return after;
        if (outcome === 'conflict') continue;
        if (clock.now() >= until) throw new DetentError('table-unavailable', 'a note clashed for too long');
      } catch (error) {
        if (!isDetentError(error) || error.advice !== 'retry' || clock.now() >= until) throw error;
      }
      await clock.sleep(1 + fullJitter(tries, random.fraction(), settings.writeBackoff));
    }
  }

  /**
   * Writes a note, unless somebody else holds the effect by now or has settled it. Patiently: after an SMS has gone, a lost
   * note means a second one. So does a power cut between the two: the note need not have an fsync of its own to make that
   * moment a few milliseconds shorter.
   */
  async function note(entry: EntryItem, effect: Effect, made: Bookkeeping): Promise<void> {
    const wanted = (now: EntryItem) => (mayNote(now, effect, made) ? withNote(now, effect, made) : undefined);
    const written = await rewrite(entry, wanted, settings.writeMs, { durability: 'soon' });
    if (written) report(entry, effect, made);
  }

  return {
    fresh,
    note,
    report,

    /** The write of a note for another transaction: none where the effect is settled, undefined where it is not ours. */
    async alongside(entry: EntryItem, effect: Effect, made: Bookkeeping): Promise<Write[] | undefined> {
      const now = await fresh(entry);
      if (!now || isSettled(now, effect)) return [];
      return mayNote(now, effect, made) ? [put(now, withNote(now, effect, made))] : undefined;
    },

    /** A new lease for whoever was held up while performing; undefined where somebody else has the effect by now. */
    renew(entry: EntryItem, effect: Effect): Promise<EntryItem | undefined> {
      const { attempt } = bookkeepingOf(entry, effect);
      const stillOurs = (now: EntryItem) => {
        const held = bookkeepingOf(now, effect);
        if (held.status !== 'claimed' || held.attempt !== attempt) return undefined;
        return withNote(now, effect, leased(held, clock.now(), settings));
      };
      return rewrite(entry, stillOurs, 0, { durability: 'relaxed' });
    },

    /** Takes the effect for the length of a lease; undefined where it is not to be had (now), or no longer wanted. */
    async claim(entry: EntryItem, effect: Effect, leaseFloor: number): Promise<EntryItem | undefined> {
      if (nextStep(entry, effect, clock.now(), leaseFloor) === 'nothing') return undefined;
      let before = bookkeepingOf(entry, effect);
      await crash('claim.before', effect.id);
      const taken = await rewrite(
        entry,
        (now) => {
          before = bookkeepingOf(now, effect);
          const step = nextStep(now, effect, clock.now(), leaseFloor);
          if (step === 'expire') return withNote(now, effect, expired(now, effect));
          return step === 'claim' ? claimed(now, effect, clock.now(), settings) : undefined;
        },
        // Nothing has been done yet: whoever asked may ask again.
        0,
        { durability: 'relaxed' },
      );
      await crash('claim.after', effect.id);
      if (!taken) return undefined;
      // A claim that ran out does not say whether the work was done. What was noted as unknown has been reported.
      if (before.status === 'claimed') report(entry, effect, { ...before, status: 'unknown' });
      const made = bookkeepingOf(taken, effect);
      if (made.status === 'claimed') return taken;
      report(entry, effect, made);
      return undefined;
    },
  };
}
