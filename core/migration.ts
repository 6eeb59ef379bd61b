/** Changes of a definition under instances at rest: which states it knows, and the renaming of one as a transition. */
import { fullJitter } from './backoff.ts';
import { type Definition, rows } from './definition.ts';
import { deliverDefaults } from './delivery.ts';
import { DetentError, isDetentError } from './errors.ts';
import { type Flow, recordKey } from './flow.ts';
import { sealed } from './journal.ts';
import { persist, recordOf } from './persistence.ts';
import type { Clock, Randomness, Table } from './ports.ts';
import { applied, project } from './transition.ts';
import type { Entry, InstanceRecord } from './types.ts';

/** A state that instances can come to rest in. */
export interface StableState {
  name: string;
  final: boolean;
}

/** The stable states of a definition: its last Passes that say `state`. */
export function stableStates(definition: Definition): StableState[] {
  return Object.entries(definition.States).flatMap(([name, { Type, End, Parameters }]) =>
    Type === 'Pass' && End === true && Parameters?.['state'] === name
      ? [{ name, final: Parameters['final'] === true }]
      : [],
  );
}

/** Whether any event does anything in this state. It may be one that nothing leads to any more. */
export const serves = (definition: Definition, state: string): boolean =>
  rows(definition).some((row) => row.state === state);

/** The event that a renaming becomes. Never taken from outside: no definition has a row for it. */
export const STATE_RENAMED = 'StateRenamed';

/** What a state of before is called now. */
export interface Renaming {
  from: string;
  to: string;
}

/** Whether the record may rest in this state as it is: what waits has a deadline, what is final has none. */
export const suits = (record: Pick<InstanceRecord, 'deadline'>, { final }: StableState): boolean =>
  (record.deadline === undefined) === final;

/**
 * The entry of a renaming: the same data and no effect, and the instance rests as long as it would have. As with every change of
 * state, deferred events become due, and those that the new state rejects are dropped by name.
 *
 * @param now ISO 8601 UTC.
 * @throws DetentError `misconfigured` where the definition has no such state, or the record cannot rest there.
 */
export function renamed(flow: Flow, record: InstanceRecord, to: string, now: string): Entry {
  const { flowId, version, data, deadline, expiresAt } = record;
  const target = stableStates(flow.definition).find(({ name }) => name === to);
  if (!target || !suits(record, target)) {
    throw new DetentError('misconfigured', `an instance of ${flow.name} cannot be moved to ${to} as it is`);
  }
  const event = { id: `${flowId}/${version}/renamed`, type: STATE_RENAMED, payload: {}, at: now };
  const step = { data, effects: [], facts: [], writes: [], reply: {}, outcome: '' };
  // How long it rests is decided below: a name is no new beginning.
  const output = { state: to, step, ...(target.final ? { final: true } : { deadlineSeconds: 1 }) };
  const decision = { flow, flowId, record, version, event, fingerprint: '', queued: false, now };
  return {
    ...applied(decision, output),
    rests: { ...(deadline && { deadline }), ...(expiresAt && { expiresAt }) },
  };
}

/**
 * What became of one instance: `moved`; `settled`: it rests in no renamed state (any more), or has expired; `unsuited`: it waits
 * and its new state is final, or the other way round; `conflict`: others were faster, as often as we tried.
 */
export type Moved = 'moved' | 'settled' | 'unsuited' | 'conflict';

export interface RenamePorts {
  table: Table;
  clock: Clock;
  random: Pick<Randomness, 'fraction'>;
}

/**
 * Moves one instance out of a renamed state: load, then one transaction on condition of the version that was loaded, with
 * bounded retry. It may be repeated, and events may come in between.
 *
 * @throws DetentError `table-unavailable` after as many tries as a delivery has.
 */
export async function rename(
  { table, clock, random }: RenamePorts,
  flow: Flow,
  flowId: string,
  renamings: readonly Renaming[],
): Promise<Moved> {
  const { attempts, backoff } = deliverDefaults;
  const states = stableStates(flow.definition);

  async function once(): Promise<Moved> {
    const item = await table.read(recordKey(flow.name, flowId));
    const now = new Date(clock.now()).toISOString();
    const record = item && recordOf(item);
    if (!record || (record.expiresAt && record.expiresAt <= now)) return 'settled';
    const to = renamings.find(({ from }) => from === record.state)?.to;
    if (to === undefined) return 'settled';
    const target = states.find(({ name }) => name === to);
    if (target && !suits(record, target)) return 'unsuited';
    const made = renamed(flow, record, to, now);
    const entry = flow.persistence === 'journal' ? sealed(record, made) : made;
    const writes = persist(flow, record.version, project(record, entry), entry);
    return (await table.transact(writes)) === 'committed' ? 'moved' : 'conflict';
  }

  for (let tries = 1; ; tries++) {
    try {
      const came = await once();
      if (came !== 'conflict' || tries >= attempts) return came;
    } catch (error) {
      // Whether a write of unknown fate happened, the next read tells.
      if (!isDetentError(error, 'table-unavailable') || tries >= attempts) throw error;
    }
    await clock.sleep(fullJitter(tries, random.fraction(), backoff));
  }
}
