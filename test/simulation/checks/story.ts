/** The trace of a run, told by instance. */
import { type EntryItem, entryItemOf } from '../../../core/bookkeeping.ts';
import type { Flow } from '../../../core/flow.ts';
import { recordOf } from '../../../core/persistence.ts';
import type { InstanceRecord, TrailItem, Write } from '../../../core/types.ts';
import type { Run } from '../run.ts';
import type { Happened } from '../world/trace.ts';

type Of<What extends Happened['what']> = Extract<Happened, { what: What }>;

/** One transition as it was written. */
export interface Move {
  /** Its place in the trace: several may be written in one step. */
  order: number;
  step: number;
  at: number;
  /** The record before, unless that had expired. */
  before: InstanceRecord | undefined;
  record: InstanceRecord;
  /** The newest item of the record's trail: this transition. */
  last: TrailItem;
  writes: Write[];
}

/** One note on an entry, alone or beside a transition. */
export interface Note {
  step: number;
  at: number;
  process: string;
  before: EntryItem | undefined;
  entry: EntryItem;
  beside: boolean;
}

export interface Story {
  flow: Flow;
  flowId: string;
  moves: Move[];
  notes: Note[];
  asked: Of<'asked'>[];
  answered: Of<'answered'>[];
  resolved: Of<'resolved'>[];
  performed: Of<'performed'>[];
  outside: Of<'outside'>[];
}

/** Every instance that anybody asked for, in the order of their appearance. */
export function storiesOf({ around, logins, bookings, payments, checkouts }: Run): Story[] {
  const flows = new Map(
    [logins, bookings, payments, checkouts].map(({ kit: { flow } }) => [flow.name, flow]),
  );
  const stories = new Map<string, Story>();
  const story = (flowId: string): Story => stories.get(flowId) as Story;
  for (const [order, happened] of around.trace.all.entries()) {
    if (happened.what === 'asked' && !stories.has(happened.flowId)) {
      const { flowId } = happened;
      const flow = flows.get(happened.flow) as Flow;
      const told = {
        moves: [],
        notes: [],
        asked: [],
        answered: [],
        resolved: [],
        performed: [],
        outside: [],
      };
      stories.set(flowId, { flow, flowId, ...told });
    }
    if (happened.what === 'committed') tell(happened, order, story);
    else if (happened.what === 'asked') story(happened.flowId).asked.push(happened);
    else if (happened.what === 'answered') story(happened.flowId).answered.push(happened);
    else if (happened.what === 'resolved') story(happened.flowId).resolved.push(happened);
    else if (happened.what === 'performed') story(happened.flowId).performed.push(happened);
    else if (happened.what === 'outside') story(happened.flowId).outside.push(happened);
  }
  return [...stories.values()];
}

function tell(
  { step, at, process, writes }: Of<'committed'>,
  order: number,
  story: (flowId: string) => Story,
): void {
  const puts = writes.flatMap((write) => (write.op === 'put' && write.key.table === 'flows' ? [write] : []));
  const beside = puts.some(({ key }) => key.sk === 'record');
  for (const { key, item } of puts) {
    const own = story(key.pk.split('#')[1] ?? '');
    if (key.sk === 'record') {
      const record = recordOf(item);
      const last = record.trail.at(-1) as TrailItem;
      const known = own.moves.at(-1)?.record;
      const before = known?.expiresAt !== undefined && known.expiresAt <= last.at ? undefined : known;
      own.moves.push({ order, step, at, before, record, last, writes });
    } else {
      const entry = entryItemOf(item);
      const before = own.notes.findLast((note) => note.entry.version === entry.version)?.entry;
      own.notes.push({ step, at, process, before, entry, beside });
    }
  }
}

/** The events of a story by their ids, as callers sent them first. */
export const requestsOf = ({ asked }: Story): Map<string, Of<'asked'>['event']> =>
  new Map(asked.toReversed().map(({ event }) => [event.id, event]));
