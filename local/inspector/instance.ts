/** Pure: one instance, as the inspector shows it. */
import { bookkeepingOf, deliverables, type EntryItem } from '../../core/bookkeeping.ts';
import type { Flow } from '../../core/flow.ts';
import type { Graph } from '../../core/graph.ts';
import { entryOf } from '../../core/journal.ts';
import { masked } from '../../core/personal.ts';
import type { Effect, Entry, Fact, InstanceRecord, Item, JsonObject, TrailItem } from '../../core/types.ts';
import { isFinal, usableEntry } from './judgement.ts';
import type { EffectView, InstanceView, StuckReason, TransitionView } from './views.ts';

type Shown = Pick<Flow, 'name' | 'persistence' | 'personal'>;

/**
 * @param record as it is, or was at an earlier version.
 * @param entries what the table holds of them, in order.
 * @param told the newest version, and why somebody should look at it.
 */
export function instanceView(
  flow: Shown,
  graph: Graph,
  record: InstanceRecord,
  entries: Item[],
  told: { newest: number; stuck?: StuckReason | undefined },
): InstanceView {
  const { flowId: id, state, version, createdAt, deadline, expiresAt, data, deferred } = record;
  return {
    ...{ flow: flow.name, id, persistence: flow.persistence },
    ...{ state, version, newest: told.newest, final: isFinal(graph, record), createdAt },
    ...(deadline !== undefined && { deadline }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(told.stuck && { stuck: told.stuck }),
    data: masked(flow.personal, data),
    deferred: deferred.map(({ event, due }) => ({ id: event.id, type: event.type, at: event.at, due })),
    transitions:
      flow.persistence === 'journal' ? ofJournal(flow, record, entries) : ofTrail(flow, record, entries),
  };
}

const ofJournal = (flow: Shown, { version }: InstanceRecord, items: Item[]): TransitionView[] =>
  items
    .filter((item) => Number(item['version']) <= version)
    .map((item) => {
      const entry = entryOf(item);
      const { hash, answer, deferred } = entry;
      return {
        ...common(flow, entry, usableEntry(item)),
        ...{ status: answer.status, dropped: deferred?.dropped ?? [], at: entry.at },
        ...(hash !== undefined && { hash }),
      };
    });

/** What the trail says, and what is left of the entries. */
function ofTrail(flow: Shown, { trail }: InstanceRecord, items: Item[]): TransitionView[] {
  const entries = new Map(items.map((item) => [item['version'], item]));
  return trail.map((one) => {
    const { version, eventId, type, from, to, at, answer, dropped = [] } = one;
    const item = entries.get(version);
    // An earlier instance of this id may have left its entry.
    const isOwn = item && (item['event'] as JsonObject | undefined)?.['id'] === eventId;
    const shown = isOwn
      ? common(flow, entryOf(item), usableEntry(item))
      : {
          ...{ version, event: { id: eventId, type }, from, to },
          ...{ facts: typesOf(one), effects: [], entry: false },
        };
    return { ...shown, status: answer.status, dropped, at };
  });
}

const typesOf = ({ facts }: TrailItem): Fact[] => facts.map((type) => ({ type }));

/** @param stored undefined where its bookkeeping cannot be read. */
function common(flow: Shown, entry: Entry, stored: EntryItem | undefined) {
  const { version, event, from, to, facts } = entry;
  const { id, type, at } = event;
  return {
    ...{ version, event: { id, type, at }, from, to, entry: stored !== undefined },
    facts: facts.map(({ type: outcome, ...fields }) => ({ type: outcome, ...masked(flow.personal, fields) })),
    effects: stored ? deliverables(stored).map((effect) => effectView(flow, stored, effect)) : [],
  };
}

function effectView(flow: Shown, entry: EntryItem, effect: Effect): EffectView {
  const { id, kind, repeats, notAfter, ...fields } = effect;
  const { status, attempt, nextAt, reason, receipt } = bookkeepingOf(entry, effect);
  return {
    ...{ id, kind, status, attempt },
    ...(nextAt !== undefined && { nextAt }),
    ...(reason !== undefined && { reason }),
    ...(receipt !== undefined && { receipt }),
    request: {
      ...masked(flow.personal, fields as JsonObject),
      ...(repeats !== undefined && { repeats }),
      ...(notAfter !== undefined && { notAfter }),
    },
  };
}
