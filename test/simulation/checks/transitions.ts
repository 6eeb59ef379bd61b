/** Invariants of every flow's transitions: 1 atomic, 5 once and gapless, 6 edges, 8 deferred events, 11 folding. */
import { accepts, type Definition } from '../../../core/definition.ts';
import { entryOf, examine } from '../../../core/journal.ts';
import { project } from '../../../core/transition.ts';
import type { Entry, InstanceRecord, Item } from '../../../core/types.ts';
import type { Happened } from '../world/trace.ts';
import type { Move, Story } from './story.ts';
import { requestsOf } from './story.ts';
import { same } from './violation.ts';

type Check = (story: Story) => string[];

const named = ({ last: { version, type, eventId } }: Move) => `version ${version} (${type} ${eventId})`;
const isDeferral = ({ last }: Move) => last.answer.status === 'deferred';
const isDrop = ({ last }: Move) => last.answer.outcome === 'Dropped';

/** State, effects and domain writes of a transition stand in one transaction, as the definition decided them. */
export const atomic: Check = ({ flow, moves, resolved, notes }) =>
  moves.flatMap((move) => {
    const { record, last, writes, step } = move;
    const said = resolved.flatMap(({ version, event, output }) =>
      version === last.version - 1 && event.id === last.eventId ? [output] : [],
    );
    if (isDeferral(move) || isDrop(move)) {
      const word = isDrop(move) ? 'rejected' : 'deferred';
      return said.some((output) => word in output)
        ? []
        : [`${named(move)} was not ${word} by the definition`];
    }
    const outputs = said.filter((output) => 'state' in output);
    const entry = notes.find((note) => note.step === step && note.entry.version === last.version)?.entry;
    const fits = outputs.some(
      (output) =>
        output.state === record.state &&
        same(output.step.data, record.data) &&
        same(entry?.effects ?? [], output.step.effects) &&
        output.step.writes.every((wanted) => writes.some((write) => same(write, wanted))),
    );
    if (!fits) return [`${named(move)} was not written as the definition decided it, effects and all`];
    if (flow.persistence === 'journal' && !entry) return [`${named(move)} has no entry in the journal`];
    return [];
  });

export const gapless: Check = ({ moves }) =>
  moves.flatMap((move, index) =>
    move.record.version === index + 1 && move.last.version === index + 1
      ? []
      : [`${named(move)} follows version ${index}`],
  );

/** However often it was delivered. */
export const appliedOnce: Check = ({ moves }) => {
  const seen = new Set<string>();
  return moves.flatMap((move) => {
    const { eventId } = move.last;
    const twice = !isDeferral(move) && seen.has(eventId);
    if (!isDeferral(move)) seen.add(eventId);
    return twice ? [`${named(move)} was applied before`] : [];
  });
};

/** Every event that was applied had been asked for, or is the result of an effect, or a deadline of this record. */
export const asked: Check = (story) => {
  const requests = requestsOf(story);
  const effects = new Set(story.notes.flatMap(({ entry }) => entry.effects.map(({ id }) => `${id}/result`)));
  return story.moves.flatMap((move) => {
    const { eventId, type } = move.last;
    const { before } = move;
    const own = type === 'DeadlinePassed';
    if (!own && (requests.get(eventId)?.type === type || effects.has(eventId))) return [];
    if (!own) return [`${named(move)} was asked for by nobody`];
    const right = before && eventId === `${story.flowId}/${before.version}/deadline`;
    const due = before?.deadline !== undefined && before.deadline <= move.last.at;
    return right && due ? [] : [`${named(move)} came before its time: ${before?.deadline}`];
  });
};

/** What a caller was told is what was written, and the same each time. */
export const answers: Check = ({ flow, answered, moves }) => {
  const first = new Map<string, unknown>();
  return answered.flatMap(({ event, answer, step }) => {
    if (answer === 'broken' || !('version' in answer)) return [];
    const { status, outcome, version, view, state } = answer;
    const move = moves.find(({ record }) => record.version === version);
    if (!move || move.step > step) return [`${event.type} ${event.id} was answered before it was written`];
    const told = { status, outcome, version, view, state };
    if (!first.has(event.id)) first.set(event.id, told);
    const { eventId, type, answer: kept, facts, to } = move.last;
    const shown = flow.view(move.record.state, move.record.data);
    const truth = { outcome: facts.at(-1), ...kept, view: shown, version: move.last.version, state: to };
    if (eventId === event.id && type !== event.type)
      return [`${event.type} ${event.id} got the answer to ${type}`];
    // What waits in the queue for longer than the trail remembers is answered from the queue.
    const tooLong = status === 'deferred' && moves.length > 32;
    if (!tooLong && (eventId !== event.id || !same(told, truth))) {
      return [`${event.type} ${event.id} was answered with something else than was written`];
    }
    const again = first.get(event.id);
    return moves.length > 32 || same(again, told)
      ? []
      : [`${event.type} ${event.id} was answered in two ways`];
  });
};

/** Who is told that others were faster was beaten by so many, or by so many faults, or has waited for so long (ms). */
const TRIES = 10;
const WAITED_MS = 19_000;
export function beaten({ asked, answered }: Story, all: Happened[]): string[] {
  return answered.flatMap(({ event, answer, step, at }) => {
    if (answer === 'broken' || answer.status !== 'conflict') return [];
    const first = asked.find((one) => one.event.id === event.id);
    const from = first?.step ?? step;
    if (at - (first?.at ?? at) > WAITED_MS) return [];
    const others = all.filter(
      (one) =>
        one.step >= from &&
        one.step <= step &&
        (one.what === 'committed' || (one.what === 'fault' && ['conflict', 'throttle'].includes(one.kind))),
    ).length;
    return others < TRIES ? [`${event.type} ${event.id} gave way to ${others} others`] : [];
  });
}

/** Nobody is refused what the definition did not refuse. */
export const refused: Check = ({ answered, resolved }) =>
  answered.flatMap(({ event, answer }) => {
    if (answer === 'broken' || answer.status !== 'rejected' || event.type === 'DeadlinePassed') return [];
    const { reason } = answer;
    const said = resolved.some(
      (one) => one.event.id === event.id && 'rejected' in one.output && one.output.rejected.reason === reason,
    );
    return said ? [] : [`${event.type} ${event.id} was refused with ${reason} by nobody`];
  });

/** Nobody is told of a record that has expired. */
export const forgotten: Check = ({ asked, answered }) =>
  answered.flatMap(({ event, answer }) => {
    const from = asked.find((one) => one.event.id === event.id)?.at ?? 0;
    const until = answer !== 'broken' && 'record' in answer ? answer.record.expiresAt : undefined;
    return until !== undefined && Date.parse(until) <= from
      ? [`${event.type} ${event.id} was told of what had expired at ${until}`]
      : [];
  });

/** The states in which a row of the definition may end. */
function ends(definition: Definition, next: string, found = new Set<string>()): Set<string> {
  if (found.has(next)) return found;
  found.add(next);
  const state = definition.States[next];
  const catches = (state?.['Catch'] as { Next: string }[] | undefined) ?? [];
  const onward = [state?.Next, state?.Default, ...(state?.Choices ?? []), ...catches].flatMap((way) =>
    typeof way === 'string' ? [way] : way?.Next ? [way.Next] : [],
  );
  for (const way of onward) ends(definition, way, found);
  return found;
}

const rowOf = (definition: Definition, from: string, type: string): string | undefined =>
  definition.States[definition.StartAt]?.Choices?.find(
    ({ And = [] }) =>
      And.some((one) => one.Variable === '$.flow.state' && one.StringEquals === from) &&
      And.some((one) => one.Variable === '$.event.type' && one.StringEquals === type),
  )?.Next;

export const edges: Check = ({ flow: { definition }, moves }) =>
  moves.flatMap((move) => {
    const { from, to, type } = move.last;
    if (from !== (move.before?.state ?? 'New') || to !== move.record.state) {
      return [`${named(move)} says ${from} → ${to}, but went ${move.before?.state} → ${move.record.state}`];
    }
    if (isDrop(move)) return from === to ? [] : [`${named(move)} was dropped and changed the state`];
    const row = rowOf(definition, from, type);
    const possible: Set<string> = row === undefined ? new Set() : ends(definition, row);
    if (isDeferral(move)) return from === to && possible.size > 0 ? [] : [`${named(move)} was deferred`];
    return possible.has(to) ? [] : [`${named(move)}: ${from} → ${to} is no edge of the definition`];
  });

/** Applied once or dropped by name, in order of arrival, and before anything newer. */
export const deferred: Check = ({ flow, moves, notes }) =>
  moves.flatMap((move) => {
    const { before, record, last } = move;
    const { definition } = flow;
    const waiting = (before?.deferred ?? []).map(({ event }) => event);
    const left = new Set(record.deferred.map(({ event }) => event.id));
    const due = before?.deferred.find((one) => one.due)?.event.id;
    const entry = notes.find((note) => note.step === move.step && note.entry.version === last.version)?.entry;
    const { deferred } = (entry ?? {}) as unknown as Partial<Entry>;
    // By the entry in a journal; in an outbox, where it may have none, by the trail.
    const names = flow.persistence === 'journal' ? deferred?.dropped : last.dropped;
    const dropped = new Set(names?.map(({ id }) => id));
    const own = waiting.some(({ id }) => id === last.eventId);
    const errors: string[] = [];
    if (due !== undefined && last.eventId !== due && last.type !== 'DeadlinePassed') {
      errors.push(`${named(move)} overtook the deferred event ${due}`);
    }
    for (const event of waiting) {
      if (left.has(event.id) || event.id === last.eventId) continue;
      const unwanted = record.state !== before?.state && !accepts(definition, record.state, event.type);
      if (!unwanted || !dropped.has(event.id))
        errors.push(`${named(move)} lost the deferred event ${event.id}`);
    }
    if (own && !isDeferral(move) && left.has(last.eventId)) errors.push(`${named(move)} stays in the queue`);
    if (isDeferral(move) && !left.has(last.eventId)) errors.push(`${named(move)} is not in the queue`);
    const order = record.deferred.map(({ event }) => event.id);
    const kept = waiting.map(({ id }) => id).filter((id) => left.has(id));
    if (!same(order.slice(0, kept.length), kept))
      errors.push(`${named(move)} changed the order of the queue`);
    const added = record.deferred.find(({ event }) => event.id === last.eventId);
    if (isDeferral(move) && added?.fingerprint !== last.fingerprint)
      errors.push(`${named(move)} waits under another fingerprint`);
    const changed = record.state !== before?.state;
    const was = new Set(before?.deferred.flatMap(({ event, due }) => (due ? [event.id] : [])));
    const now = record.deferred.find((one) => !one.due && was.has(one.event.id) && one !== added);
    if (now) errors.push(`${named(move)} took its turn from the deferred event ${now.event.id}`);
    const useless = record.deferred.find(({ event }) => !accepts(definition, record.state, event.type));
    if (changed && useless)
      errors.push(`${named(move)} keeps ${useless.event.id}, which ${record.state} rejects`);
    if (changed && record.deferred.some((one) => !one.due)) {
      errors.push(`${named(move)} changed the state, and something still waits for that`);
    }
    return errors;
  });

/** Folding the entries gives the record, at every version. */
export const folding: Check = ({ flow, moves, notes }) => {
  if (flow.persistence !== 'journal') return [];
  let folded: InstanceRecord | undefined;
  return moves.flatMap((move) => {
    const entry = notes.find(
      (note) => note.entry.version === move.last.version && note.step === move.step,
    )?.entry;
    if (!entry) return [];
    folded = project(folded, entry as unknown as Entry);
    return same(folded, move.record) ? [] : [`${named(move)} is not what its journal folds to`];
  });
};

/** What is kept at the end is a whole chain of entries, which the record is at the end of. */
export const chained: Check = ({ flow, flowId, moves, notes }) => {
  if (flow.persistence !== 'journal') return [];
  const entries = new Map(notes.map(({ entry }) => [entry.version, entryOf(entry as unknown as Item)]));
  const inOrder = [...entries.values()].sort((one, other) => one.version - other.version);
  const { faults } = examine({ flow: flow.name, flowId }, inOrder, moves.at(-1)?.record);
  return faults.map((fault) => `its journal is not whole: ${JSON.stringify(fault)}`);
};

/** The immutable part of an entry never changes. */
export const immutable: Check = ({ notes }) =>
  notes.flatMap(({ before, entry }) => {
    if (!before) return [];
    const kept = (one: typeof entry) => ({ ...one, revision: 0, delivery: {}, dueAt: '', expiresAt: '' });
    return same(kept(before), kept(entry)) ? [] : [`a note changed the entry ${entry.version}`];
  });
