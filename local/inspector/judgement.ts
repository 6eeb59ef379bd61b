/** Pure: whether somebody should look at an instance. */
import {
  bookkeepingOf,
  deliverables,
  type EntryItem,
  entryItemOf,
  isSettled,
} from '../../core/bookkeeping.ts';
import type { Graph } from '../../core/graph.ts';
import { recordOf } from '../../core/persistence.ts';
import type { InstanceRecord, Item } from '../../core/types.ts';
import type { StuckReason } from './views.ts';

/** How long something may be due before it counts as overdue, in ms: the reconciler passes every second. */
export const OVERDUE_MS = 60_000;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** The record in an item, unless there is none, or it has expired, or is none. */
export function liveRecord(item: Item | undefined, now: number): InstanceRecord | undefined {
  if (!item || typeof item['state'] !== 'string' || !Array.isArray(item['trail'])) return undefined;
  const record = recordOf(item);
  return record.expiresAt !== undefined && record.expiresAt <= iso(now) ? undefined : record;
}

/** When an instance last moved. */
export const movedAt = ({ trail, createdAt }: InstanceRecord): string => trail.at(-1)?.at ?? createdAt;

/** Whether a state leads nowhere. A state that the definition does not know (any more) waits where there is a deadline. */
export const isFinal = (graph: Graph, { state, deadline }: InstanceRecord): boolean =>
  graph.states.find(({ name }) => name === state)?.final ?? deadline === undefined;

/** Whether the record's deadline, or what it has deferred, has been due for long. */
export const isOverdue = (item: Item, now: number): boolean =>
  typeof item['dueAt'] === 'string' && item['dueAt'] <= iso(now - OVERDUE_MS);

/** From which version on the instance has been in its present state, as far as the trail goes back. */
function stateSince({ trail }: InstanceRecord): number {
  const entered = trail.findLast(({ from, to }) => from !== to) ?? trail[0];
  return entered?.version ?? 0;
}

/** The entry in an item; undefined where it is none that the relay can use. */
export function usableEntry(item: Item): EntryItem | undefined {
  try {
    return entryItemOf(item);
  } catch {
    return undefined;
  }
}

/** Whether an entry has an effect that was given up, or that nobody knows about and nobody tries. Without knowing the record. */
export function mayBeLeft({ delivery }: Item): boolean {
  if (typeof delivery !== 'object' || delivery === null) return false;
  for (const id in delivery) {
    const { status, nextAt } = (delivery as unknown as EntryItem['delivery'])[id] ?? {};
    if (status === 'failed' || (status === 'unknown' && nextAt === undefined)) return true;
  }
  return false;
}

/**
 * What an entry has left undone: of an effect of the present state nobody knows whether it was performed, or it was given up and
 * nothing has come of that. What an earlier state has left undone, the instance has got over.
 */
export function leftBy(
  entry: EntryItem,
  record: InstanceRecord,
  final: boolean,
): 'effect-unknown' | 'effect-failed' | undefined {
  if (entry.version < stateSince(record)) return undefined;
  const over = deliverables(entry).filter((effect) => isSettled(entry, effect));
  const statusOf = (one: (typeof over)[number]) => bookkeepingOf(entry, one).status;
  if (over.some((effect) => statusOf(effect) === 'unknown')) return 'effect-unknown';
  const isTold = (id: string) => record.trail.some(({ eventId }) => eventId === `${id}/result`);
  const isFailed = over.some((effect) => statusOf(effect) === 'failed' && !isTold(effect.id));
  return isFailed && !final ? 'effect-failed' : undefined;
}

/**
 * Why somebody should look at an instance.
 *
 * @param item its record as the table has it.
 * @param entries those of its entries that may have left something undone.
 */
export function stuckOf(
  item: Item,
  entries: EntryItem[],
  { graph, now, alarmed }: { graph: Graph; now: number; alarmed: boolean },
): StuckReason | undefined {
  if (isOverdue(item, now)) return 'overdue';
  const record = recordOf(item);
  const final = isFinal(graph, record);
  const left = entries.map((entry) => leftBy(entry, record, final));
  return (
    left.find((reason) => reason === 'effect-unknown') ??
    left.find((reason) => reason !== undefined) ??
    (alarmed ? 'alarm' : undefined)
  );
}
