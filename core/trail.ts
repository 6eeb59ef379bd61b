/** Pure: what a record remembers of events that it has seen. */
import { changed } from './change.ts';
import type { Answer } from './delivery.ts';
import type { Flow } from './flow.ts';
import type { InstanceRecord, JsonObject, RememberedAnswer, TrailItem } from './types.ts';

export interface Remembered {
  fingerprint: string;
  answer: RememberedAnswer;
  version: number;
  state: string;
}

/** An event that this record has taken, by its first answer: from the trail, or from the queue of deferred events. */
export function seen(flow: Flow, record: InstanceRecord, eventId: string): Remembered | undefined {
  const index = record.trail.findIndex((one) => one.eventId === eventId);
  const item = record.trail[index];
  if (item) {
    const { fingerprint, version, to: state } = item;
    return { fingerprint, answer: answerOf(item, viewAt(flow, record, index)), version, state };
  }
  const waiting = record.deferred.find(({ event }) => event.id === eventId);
  return (
    waiting && {
      fingerprint: waiting.fingerprint,
      answer: { status: 'deferred', outcome: 'Deferred', view: {} },
      version: record.version,
      state: record.state,
    }
  );
}

/** The view of one item of the trail: that of the record, changed back item by item. */
const viewAt = (flow: Flow, { state, data, trail }: InstanceRecord, index: number): JsonObject =>
  trail
    .slice(index)
    .reduceRight((view, item) => (item.view ? changed(view, item.view) : view), flow.view(state, data));

const answerOf = ({ answer, facts }: TrailItem, view: JsonObject): RememberedAnswer => ({
  outcome: facts.at(-1) ?? '',
  view,
  // A record of an earlier release has the whole view here.
  ...answer,
});

/** The same answer as the first time; what was a reply then is not remembered. */
export function answerAgain(record: InstanceRecord, before: Remembered): Answer {
  const { answer, version, state } = before;
  return { ...answer, state, version, reply: {}, replayed: true, record };
}
