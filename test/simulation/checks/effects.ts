/** Invariants of effects: 2 nothing lost, 3 nothing invented, 4 once. */
import { bookkeepingOf, deliverables, type EntryItem, isSettled } from '../../../core/bookkeeping.ts';
import { accepts } from '../../../core/definition.ts';
import type { Effect } from '../../../core/types.ts';
import type { Run } from '../run.ts';
import { SKEW_MS } from '../world/machines.ts';
import type { Happened } from '../world/trace.ts';
import type { Note, Story } from './story.ts';
import { same } from './violation.ts';

/** The event that says that an effect of this kind failed for good. */
const failures: { [kind: string]: string } = {
  ...{ sms: 'SmsFailed', venue: 'Denied', 'fulfilment.command': 'CommandSendingFailed' },
  ...{ 'checkout.create-session': 'PaymentSessionFailed', 'checkout.refund': 'RefundDeclined' },
};
const requests = [
  ...['authorize', 'capture', 'void', 'reverse', 'inquire'].map((what) => `payment.${what}`),
  ...['create-session', 'inquire', 'refund'].map((what) => `checkout.${what}`),
];
/** Kinds whose answer is an event, which comes with the mark. */
const answers = new Set(['venue', 'checkout.expire-session', ...requests]);
/** Kinds that rest as unknown where nobody knows; the flow's deadline asks again. */
const mayRest = new Set(['venue', 'ticket', 'fulfilment.command', 'fulfilment.inquire', ...requests]);
/** How long the provider takes at the most, from the call to the deed. */
const CALL_MS = 1_000;
/** For how long a note is tried at least, while the table does not take it. */
const PATIENCE_MS = 4_000;
/** The longest freeze: a process may be in the middle of one when it performs. */
const FREEZE_MS = 65_000;

/** The latest time that any process may have thought it was. */
const byAnyClock = (at: number): string => new Date(at + SKEW_MS).toISOString();

const keyOf = ({ id, repeats }: Effect) => repeats ?? id;

/** Each effect of each entry, with all notes on it. */
const effectsOf = ({ notes }: Story) =>
  notes
    .filter(({ before }) => !before)
    .flatMap((first) =>
      deliverables(first.entry).map((effect) => ({
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
    case 'delivered': {
      const done = story.performed.find(({ key, step }) => key === keyOf(effect) && step <= end.step);
      if (!done) return ['it was not performed'];
      const told = story.moves.some(({ last, step }) => last.eventId === result && step <= end.step);
      const own = story.performed.filter(({ effectId, step }) => effectId === effect.id && step <= end.step);
      const since = own[0]?.step ?? done.step;
      // The end is the answer of the last try: one before it, or under the same key, may have been told something else.
      const { answer } = (own.at(-1) ?? done).detail;
      return when(!told && wantedAlways(story, String(answer), since, end.step), 'its result is lost');
    }
    case 'failed': {
      const record = story.moves.findLast(({ step }) => step <= end.step)?.record;
      const told = story.moves.some(({ last, step }) => last.eventId === result && step <= end.step);
      const wanted = accepts(story.flow.definition, record?.state ?? '', failures[effect.kind] ?? '');
      const refused = story.resolved.some(
        ({ event, output, step }) => event.id === result && 'rejected' in output && step <= end.step,
      );
      return when(!told && !refused && wanted, 'the instance was not told');
    }
    case 'expired':
      return when(
        !effect.notAfter || effect.notAfter > byAnyClock(end.at),
        `it is wanted until ${effect.notAfter}`,
      );
    default:
      return when(!mayRest.has(effect.kind), 'nobody will ask what became of it');
  }
}

/** Whether the instance would have taken an event in all the states that it was in. */
function wantedAlways({ flow, moves }: Story, type: string, from: number, to: number): boolean {
  const before = moves.findLast(({ step }) => step <= from);
  const states = [before, ...moves.filter(({ step }) => step > from && step <= to)];
  return states.every((move) => accepts(flow.definition, move?.record.state ?? '', type));
}

/** Each claim counts, and comes no sooner than the last try allows; each note says rightly what is left to do. */
export function claims(story: Story, kind: Run['kind']): string[] {
  return effectsOf(story).flatMap(({ effect, notes }) =>
    notes.flatMap(({ entry, before, at, process }, index) => {
      const [was, now] = [before && bookkeepingOf(before, effect), bookkeepingOf(entry, effect)];
      if (!was || !before || same(was, now)) return [];
      if (isSettled(before, effect))
        return [`${effect.id} was ${was.status} for good, and is ${now.status} now`];
      if (now.status !== 'claimed')
        return now.status === 'delivered' || now.attempt === was.attempt
          ? []
          : [`who noted ${now.status} on ${effect.id} no longer held it`];
      // Who claimed it, not who wrote about another effect of the entry since.
      const claim = (note: Note) =>
        status(note.entry, effect) === 'claimed' &&
        !same(note.before?.delivery[effect.id], note.entry.delivery[effect.id]);
      const holder = notes.slice(0, index).findLast(claim);
      const renewed = was.status === 'claimed' && now.attempt === was.attempt && holder?.process === process;
      // A process that holds the data alone knows that whoever came before it is gone.
      const gone = kind === 'embedded' && holder?.process !== process;
      if (was.status === 'claimed' && !renewed && !gone && String(was.leaseUntil) > byAnyClock(at))
        return [`${effect.id} was taken from ${holder?.process}, whose lease ends at ${was.leaseUntil}`];
      if (now.attempt !== was.attempt + 1 && !renewed)
        return [`attempt ${now.attempt} of ${effect.id} follows ${was.attempt}`];
      return was.nextAt !== undefined && was.nextAt > byAnyClock(at)
        ? [`${effect.id} was claimed before ${was.nextAt}`]
        : [];
    }),
  );
}

/** An entry is due as long as anything of it is open; then an outbox forgets it. */
export const kept = ({ flow, notes }: Story): string[] =>
  notes.flatMap(({ entry }) => {
    const ids = entry.effects.map((_, index) => `${entry.flowId}/${entry.version}/${index + 1}`);
    if (entry.publishes) ids.unshift(`${entry.flowId}/${entry.version}/0`);
    if (!same(ids, Object.keys(entry.delivery).sort()))
      return [`the entry ${entry.version} does not note ${ids}`];
    const open = deliverables(entry).some((effect) => !isSettled(entry, effect));
    if ((entry.dueAt !== undefined) !== open) return [`the entry ${entry.version} is due: ${entry.dueAt}`];
    const ends = flow.persistence === 'outbox' && !open;
    return (entry.expiresAt !== undefined) === ends
      ? []
      : [`the entry ${entry.version} is kept until ${entry.expiresAt}`];
  });

/** Who gives up on an effect for good was refused by somebody, or has tried. */
export const refusedBySomebody = (story: Story, all: Happened[]): string[] =>
  effectsOf(story).flatMap(({ effect, notes }) => {
    const failed = notes.find(({ entry }) => status(entry, effect) === 'failed');
    const tried = all.some(
      (one) =>
        ('effectId' in one && one.effectId === effect.id) ||
        (one.what === 'fault' && one.kind.startsWith('effect-') && one.subject === effect.id),
    );
    const claimed = failed ? bookkeepingOf(failed.entry, effect).attempt : 0;
    return failed && !tried && claimed === 1 ? [`${effect.id} was refused by nobody`] : [];
  });

/** A no is a no: what was refused for good, or told as failed, is not performed after that. */
export function noMore(story: Story, all: Happened[]): string[] {
  return effectsOf(story).flatMap(({ effect, notes }) => {
    const failed = notes.find(({ entry }) => status(entry, effect) === 'failed');
    const no = all.find(
      (one): one is Extract<Happened, { what: 'fault' }> =>
        one.what === 'fault' && one.kind === 'effect-permanent' && one.subject === effect.id,
    );
    return story.performed.flatMap((done) => {
      if (done.effectId !== effect.id) return [];
      const frozen = all.some((one) => froze(one, done.process, done.at, done.at));
      if (failed && done.step > failed.step && !frozen)
        return [`${effect.id} was performed after it had failed`];
      if (!no || done.step < no.step || all.some((one) => excuse(one, no, done, story.flowId))) return [];
      return [`${effect.id} was performed after it had been refused`];
    });
  });
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
    const late = notAfter !== undefined && at > Date.parse(notAfter) + CALL_MS + SKEW_MS;
    return late && !all.some((one) => froze(one, done.process, at, at))
      ? [`${effectId} was performed at ${new Date(at).toISOString()}, and wanted until ${notAfter}`]
      : [];
  });
}

/** How long a call without an answer may take to be noted: its time-out (10 s), and the patience of the note (5 s). */
const NOTED_MS = 20_000;

/** Nobody waits for ever for a provider: a call that gets no answer is noted when its time is up. */
export function watched(story: Story, all: Happened[]): string[] {
  return story.performed.flatMap((call) => {
    const { effectId, process, at } = call;
    const inTime = (one: Time) => one.process === process && one.at >= at && one.at <= at + NOTED_MS;
    const noted = story.notes.some(
      (note) => inTime(note) && !same(note.before?.delivery[effectId], note.entry.delivery[effectId]),
    );
    const excused = all.some(
      (one) =>
        froze(one, process, at, at + NOTED_MS) ||
        (one.what === 'crashed' && inTime(one)) ||
        (one.what === 'fault' &&
          excuses.has(one.kind) &&
          [process, 'disk'].includes(one.process) &&
          inTime({ ...one, process })),
    );
    return call.answered || noted || excused ? [] : [`nobody noted that ${effectId} got no answer`];
  });
}

/** A result that is an event reaches the instance with the mark, in one transaction. */
export function resultsDelivered(story: Story): string[] {
  return effectsOf(story).flatMap(({ effect, notes }) => {
    if (!answers.has(effect.kind)) return [];
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
  ...[
    'write-lost',
    'write-late',
    'answer-lost',
    'throttle',
    'throttle-long',
    'conflict',
    'read-failed',
    'disk-full',
  ],
]);
/** What was asked for: what was answered may be another thing when it is asked again. */
const contentOf = ({ detail: { answer: _, ...content } }: Story['performed'][number]) => content;

/** An effect is performed again only where it was left unknown, and then with the same content. */
export function once(story: Story, all: Happened[]): string[] {
  return effectsOf(story).flatMap(({ effect }) => {
    const times = story.performed.filter(({ effectId }) => effectId === effect.id);
    return times.slice(1).flatMap((again, index) => {
      const before = times[index] as (typeof times)[number];
      if (!same(contentOf(before), contentOf(again)))
        return [`${effect.id} was performed with another content`];
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
  if (froze(one, again.process, again.at, again.at)) return true;
  if (one.step < before.step) return false;
  if (one.what === 'crashed') return own;
  // A note is tried again for 5 s.
  if (one.what === 'fault') return own && excuses.has(one.kind) && one.at >= before.at + PATIENCE_MS;
  // Its result could not be delivered: it is asked for again, under the same key.
  if (one.what !== 'signal' || one.signal.type !== 'delivered' || one.signal.flowId !== flowId) return false;
  return ['unavailable', 'conflict'].includes(one.signal.status);
}
