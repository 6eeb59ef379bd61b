/** Pure: from a record, an event and what the definition said, to the entry; from an entry to the next record. */
import { changed, difference } from './change.ts';
import { accepts, NEW } from './definition.ts';
import { DetentError } from './errors.ts';
import type { Flow } from './flow.ts';
import type {
  Change,
  DeferredChange,
  DeferredEvent,
  DefinitionOutput,
  Entry,
  FlowEvent,
  InstanceRecord,
  RememberedAnswer,
  Step,
  TrailItem,
} from './types.ts';

/** How many transitions a record remembers. */
export const TRAIL_LENGTH = 32;
/** How many events may wait in a record. */
export const MAX_DEFERRED = 128;

export interface Decision {
  flow: Flow;
  flowId: string;
  /** The live record, if there is one. */
  record?: InstanceRecord;
  /** The version that the table holds; more than 0 without a record where an expired one is created over. */
  version: number;
  event: FlowEvent;
  fingerprint: string;
  /** Whether the event comes out of the record's own queue. */
  queued: boolean;
  /** Whether an earlier try ended in a conflict. */
  retry?: boolean;
  now: string;
}

/**
 * The entry of a transition that the definition decided.
 *
 * @throws DetentError `invalid-definition-output` where the instance would wait without a deadline.
 */
export function applied(decision: Decision, output: Extract<DefinitionOutput, { state: string }>): Entry {
  const { flow, record, event, queued } = decision;
  const from = record?.state ?? NEW;
  const { state: to, step } = output;
  const left = (record?.deferred ?? []).filter((waiting) => !queued || waiting.event.id !== event.id);
  const dropped =
    to === from ? [] : left.filter(({ event: { type } }) => !accepts(flow.definition, to, type));
  const deferred: DeferredChange = {
    ...(queued && { taken: event.id }),
    ...(dropped.length > 0 && { dropped: dropped.map(({ event: { id, type } }) => ({ id, type })) }),
  };
  return entry(decision, {
    to,
    step,
    rests: rests(decision, output),
    deferred,
    answer: {
      status: 'applied',
      outcome: step.facts.at(-1)?.type ?? to,
      view: flow.view(to, step.data),
    },
  });
}

/** The entry of an event that has to wait: a transition to the same state that adds it to the queue. */
export function deferred(decision: Decision): Entry {
  const { event, fingerprint, queued } = decision;
  return unmoved(
    decision,
    queued ? { again: event.id } : { added: { event, fingerprint, due: false } },
    'deferred',
  );
}

/** The entry of a queued event that turned out not to be allowed: dropped by name. */
export function dropped(decision: Decision): Entry {
  const { id, type } = decision.event;
  return unmoved(decision, { taken: id, dropped: [{ id, type }] }, 'applied');
}

function unmoved(decision: Decision, change: DeferredChange, status: RememberedAnswer['status']): Entry {
  const { flow, record } = decision;
  const state = record?.state ?? NEW;
  const data = record?.data ?? {};
  return entry(decision, {
    to: state,
    step: { data, effects: [], facts: [] },
    rests: lasting(record),
    deferred: change,
    answer: { status, outcome: status === 'deferred' ? 'Deferred' : 'Dropped', view: flow.view(state, data) },
  });
}

function entry(
  decision: Decision,
  made: Pick<Entry, 'to' | 'rests' | 'answer'> & {
    step: Pick<Step, 'data' | 'effects' | 'facts'>;
    deferred: DeferredChange;
  },
): Entry {
  const { flow, flowId, record, version, event, fingerprint, now } = decision;
  const viewBefore = record && difference(made.answer.view, flow.view(record.state, record.data));
  return {
    flow: flow.name,
    flowId,
    version: version + 1,
    event: { id: event.id, type: event.type, at: event.at },
    from: record?.state ?? NEW,
    to: made.to,
    facts: made.step.facts,
    effects: made.step.effects,
    at: now,
    change: difference(record?.data ?? {}, made.step.data),
    rests: made.rests,
    ...(Object.keys(made.deferred).length > 0 && { deferred: made.deferred }),
    fingerprint,
    answer: made.answer,
    ...(viewBefore && !isEmpty(viewBefore) && { viewBefore }),
  };
}

const isEmpty = ({ set, removed }: Change): boolean => Object.keys(set).length === 0 && removed.length === 0;

/**
 * Until when the instance rests. A deadline counts from the entry into a state: a transition to the same state keeps it,
 * unless it was its passing that caused the transition.
 */
function rests(decision: Decision, output: Extract<DefinitionOutput, { state: string }>): Entry['rests'] {
  const { flow, record, event, now } = decision;
  const after = (seconds: number) => new Date(Date.parse(now) + seconds * 1000).toISOString();
  const stays = record?.state === output.state;
  if (output.final) {
    const kept = flow.retentionSeconds(output.state);
    if (stays) return lasting(record);
    return kept === undefined ? {} : { expiresAt: after(kept) };
  }
  if (stays && event.type !== DEADLINE_PASSED) return lasting(record);
  if (output.deadlineSeconds !== undefined) return { deadline: after(output.deadlineSeconds) };
  throw new DetentError(
    'invalid-definition-output',
    `the definition of ${flow.name} must give ${output.state} a deadline, or make it final: nothing may wait for ever`,
  );
}

const lasting = (record?: InstanceRecord): Entry['rests'] => ({
  ...(record?.deadline && { deadline: record.deadline }),
  ...(record?.expiresAt && { expiresAt: record.expiresAt }),
});

/** The event that the passing of a deadline becomes. Never taken from outside. */
export const DEADLINE_PASSED = 'DeadlinePassed';

/**
 * The record after an entry. Folding all entries of an instance with this gives its record, at every version.
 *
 * @param record the live record before; undefined where the entry creates the instance.
 */
export function project(record: InstanceRecord | undefined, made: Entry): InstanceRecord {
  const data = changed(record?.data ?? {}, made.change);
  const { status, outcome } = made.answer;
  const trail = [
    ...older(record?.trail ?? [], made.viewBefore),
    {
      version: made.version,
      eventId: made.event.id,
      type: made.event.type,
      from: made.from,
      to: made.to,
      facts: made.facts.map((fact) => fact.type),
      at: made.at,
      fingerprint: made.fingerprint,
      ...(made.deferred?.dropped && made.hash === undefined && { dropped: made.deferred.dropped }),
      answer: { status, ...(outcome !== made.facts.at(-1)?.type && { outcome }) },
    },
  ].slice(-TRAIL_LENGTH);
  return {
    flow: made.flow,
    flowId: made.flowId,
    state: made.to,
    version: made.version,
    data,
    createdAt: record?.createdAt ?? made.at,
    ...made.rests,
    deferred: queue(record?.deferred ?? [], made),
    trail,
    ...(made.hash !== undefined && { hash: made.hash }),
  };
}

/** The trail before a transition: what was the newest item gets the view that it had. */
function older(trail: TrailItem[], view: Change | undefined): TrailItem[] {
  const newest = trail.at(-1);
  return newest && view ? [...trail.slice(0, -1), { ...newest, view }] : trail;
}

/** A change of state makes everything that still waits due, in order of arrival. */
function queue(before: DeferredEvent[], { from, to, deferred: change = {} }: Entry): DeferredEvent[] {
  const gone = new Set([change.taken, ...(change.dropped ?? []).map(({ id }) => id)]);
  const left = before.filter(({ event }) => !gone.has(event.id));
  const waiting = change.added ? [...left, change.added] : left;
  return waiting.map((one) => ({
    ...one,
    due: from !== to || (one.due && one.event.id !== change.again),
  }));
}
