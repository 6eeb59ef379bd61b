/** Pure: from a transition to the writes that persist it. One file decides what is kept. */
import { allPending, deliverables } from './bookkeeping.ts';
import { entryKey, type Flow, recordKey } from './flow.ts';
import type { Entry, InstanceRecord, Item, Write } from './types.ts';

/** How long after its commit an undelivered effect is looked for by the reconciler, in ms. The relay is far quicker. */
export const PENDING_BOUND_MS = 60_000;

/** What of an entry an outbox keeps: enough to deliver its effects and to explain them. */
function outboxed(entry: Entry): Partial<Entry> {
  const { flow, flowId, version, event, from, to, facts, effects, at } = entry;
  return { flow, flowId, version, event, from, to, facts, effects, at };
}

/**
 * The writes of one transition.
 *
 * @param before the version that the table holds now, 0 where it holds none: the optimistic lock.
 */
export function persist(
  { persistence, publishes }: Pick<Flow, 'persistence' | 'publishes'>,
  before: number,
  record: InstanceRecord,
  entry: Entry,
): Write[] {
  const { flow, flowId, version } = record;
  const told = { ...entry, ...(publishes && { publishes }) };
  const toDeliver = deliverables(told);
  const writes: Write[] = [
    {
      op: 'put',
      key: recordKey(flow, flowId),
      item: recordItem(record),
      if: before === 0 ? { absent: true } : { equals: { version: before } },
    },
  ];
  if (persistence === 'journal' || toDeliver.length > 0) {
    const kept = persistence === 'journal' ? entry : outboxed(entry);
    const due = new Date(Date.parse(entry.at) + PENDING_BOUND_MS).toISOString();
    writes.push({
      op: 'put',
      key: entryKey(flow, flowId, version),
      item: {
        ...(kept as unknown as Item),
        ...(publishes && { publishes }),
        revision: 0,
        delivery: allPending(toDeliver) as unknown as Item,
        ...(toDeliver.length > 0 && { dueAt: due }),
      },
      // In an outbox the record's condition is lock enough: an entry may outlive the record of an expired instance.
      ...(persistence === 'journal' && { if: { absent: true } as const }),
    });
  }
  return writes;
}

/** A record waits for time where it has a deadline, and at once where deferred events have become due. */
export function recordItem(record: InstanceRecord): Item {
  const due = record.deferred.some((waiting) => waiting.due) ? record.trail.at(-1)?.at : record.deadline;
  return { ...(record as unknown as Item), ...(due && { dueAt: due }) };
}

/** The record in an item: what `recordItem` put there. */
export function recordOf(item: Item): InstanceRecord {
  const { dueAt: _, ...record } = item;
  return record as unknown as InstanceRecord;
}
