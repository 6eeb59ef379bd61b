/** Invariants of effects: 2 nothing lost, 3 nothing invented, 4 once. */
import { bookkeepingOf, type EntryItem, isSettled } from '../../../core/bookkeeping.ts';
import { accepts } from '../../../core/definition.ts';
import type { Effect } from '../../../core/types.ts';
import type { Happened } from '../world/trace.ts';
import type { Note, Story } from './story.ts';
import { same } from './violation.ts';

/** The event that says that an effect of this kind failed for good. */
const failures: { [kind: string]: string } = { sms: 'SmsFailed', venue: 'Denied' };
/** Kinds that rest as unknown where nobody knows; the flow's deadline asks again. */
const mayRest = new Set(['venue']);
/** How long the provider takes at the most, from the call to the deed. */
const CALL_MS = 1_000;
/** The longest freeze: a process may be in the middle of one when it performs. */
const FREEZE_MS = 65_000;

const keyOf = ({ id, repeats }: Effect) => repeats ?? id;

/** Each effect of each entry, with all notes on it. */
const effectsOf = ({ notes }: Story) =>
  notes
    .filter(({ entry, before }) => !before && entry.effects.length > 0)
    .flatMap((first) =>
      first.entry.effects.map((effect) => ({
        effect,
        first,
        notes: notes.filter(({ entry }) => entry.version === first.entry.version),
      })),
    );

const status = (entry: EntryItem | undefined, effect: Effect) =>
  entry ? bookkeepingOf(entry, effect).status : 'pending';

/** Once time has passed: performed, or the failure delivered, or expired. */
export function nothingLost(story: Story): string[] {
  return effectsOf(story).flatMap(({ effect, notes }) => {
    const last = notes.at(-1)?.entry;
    const end = notes.find(
      ({ entry, before }) => status(entry, effect) !== status(before, effect) && isSettled(entry, effect),
    );
    if (!last || !isSettled(last, effect) || !end)
      return [`effect ${effect.id} is left ${status(last, effect)}`];
    return fate(story, effect, end).map(
      (wrong) => `effect ${effect.id} is ${status(last, effect)}, but ${wrong}`,
    );
  });
}

function fate(story: Story, effect: Effect, end: Note): string[] {
  const when = (wrong: boolean, message: string) => (wrong ? [message] : []);
  const result = `${effect.id}/result`;
  switch (status(end.entry, effect)) {
    case 'delivered':
      return when(
        !story.performed.some(({ key, step }) => key === keyOf(effect) && step <= end.step),
        'it was not performed',
      );
    case 'failed': {
      const record = story.moves.findLast(({ step }) => step <= end.step)?.record;
      const told = story.moves.some(({ last, step }) => last.eventId === result && step <= end.step);
      const wanted = accepts(story.flow.definition, record?.state ?? '', failures[effect.kind] ?? '');
      return when(!told && wanted, 'the instance was not told');
    }
    case 'expired':
      return when(
        !effect.notAfter || effect.notAfter > new Date(end.at).toISOString(),
        `it is wanted until ${effect.notAfter}`,
      );
    default:
      return when(!mayRest.has(effect.kind), 'nobody will ask what became of it');
  }
}

/** Nothing is performed that was not committed before, nor under another key, nor when it is no longer wanted. */
export function nothingInvented(story: Story, all: Happened[]): string[] {
  const committed = effectsOf(story);
  return story.performed.flatMap((done) => {
    const { effectId, key, step, at } = done;
    const found = committed.find(({ effect }) => effect.id === effectId);
    if (!found || found.first.step >= step) return [`${effectId} was performed, but not committed`];
    if (key !== keyOf(found.effect)) return [`${effectId} was performed under the key ${key}`];
    const { notAfter } = found.effect;
    const late = notAfter !== undefined && at > Date.parse(notAfter) + CALL_MS;
    return late && !all.some((one) => froze(one, done.process, at, at))
      ? [`${effectId} was performed at ${new Date(at).toISOString()}, and wanted until ${notAfter}`]
      : [];
  });
}

/** A result that is an event reaches the instance with the mark, in one transaction. */
export function resultsDelivered(story: Story): string[] {
  return effectsOf(story).flatMap(({ effect, notes }) => {
    if (failures[effect.kind] === undefined || effect.kind === 'sms') return [];
    const end = notes.find(({ entry }) => ['delivered'].includes(status(entry, effect)));
    const told = story.moves.find(({ last }) => last.eventId === `${effect.id}/result`);
    if (told && (!end || told.step !== end.step) && status(notes.at(-1)?.entry, effect) === 'delivered') {
      return [`the result of ${effect.id} and its mark were written apart`];
    }
    return [];
  });
}

/** What makes a repetition permissible: nobody could know whether it had been done. */
const excuses = new Set([
  ...['write-lost', 'write-late', 'answer-lost', 'throttle', 'conflict', 'read-failed', 'disk-full'],
]);
/** An effect is performed again only where it was left unknown, and then with the same content. */
export function once(story: Story, all: Happened[]): string[] {
  return effectsOf(story).flatMap(({ effect }) => {
    const times = story.performed.filter(({ effectId }) => effectId === effect.id);
    return times.slice(1).flatMap((again, index) => {
      const before = times[index] as (typeof times)[number];
      if (!same(before.detail, again.detail)) return [`${effect.id} was performed with another content`];
      const excused = !before.answered || all.some((one) => excuse(one, before, again, story.flowId));
      return excused ? [] : [`${effect.id} was performed twice, though its first delivery was known`];
    });
  });
}

/** Whether this is a freeze of a process that may last from `from` on, or begins before `to`. */
const froze = (one: Happened, process: string, from: number, to: number): boolean =>
  one.what === 'fault' &&
  one.kind === 'freeze' &&
  one.process === process &&
  one.at <= to &&
  one.at >= from - FREEZE_MS;

type Time = { step: number; at: number; process: string };

function excuse(one: Happened, before: Time, again: Time, flowId: string): boolean {
  if (one.step > again.step) return false;
  const own = 'process' in one && [before.process, 'disk'].includes(one.process);
  if (froze(one, before.process, before.at, again.at)) return true;
  if (one.step < before.step) return false;
  if (one.what === 'crashed') return own;
  if (one.what === 'fault') return own && excuses.has(one.kind);
  // Its result could not be delivered: it is asked for again, under the same key.
  if (one.what !== 'signal' || one.signal.type !== 'delivered' || one.signal.flowId !== flowId) return false;
  return ['unavailable', 'conflict'].includes(one.signal.status);
}
