/** Pure: what a record remembers of events that it has seen. */
import type { Answer } from './delivery.ts';
import type { InstanceRecord, RememberedAnswer } from './types.ts';

export interface Remembered {
  fingerprint: string;
  answer: RememberedAnswer;
  version: number;
  state: string;
}

/** An event that this record has taken, by its first answer: from the trail, or from the queue of deferred events. */
export function seen(record: InstanceRecord, eventId: string): Remembered | undefined {
  const item = record.trail.find((one) => one.eventId === eventId);
  if (item)
    return { fingerprint: item.fingerprint, answer: item.answer, version: item.version, state: item.to };
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

/** The same answer as the first time; what was a reply then is not remembered. */
export function answerAgain(record: InstanceRecord, before: Remembered): Answer {
  const { answer, version, state } = before;
  return { ...answer, state, version, reply: {}, replayed: true, record };
}
