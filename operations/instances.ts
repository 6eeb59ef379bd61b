/** What a check needs to know of instances at rest, whatever they were read from. No data, no payload. */
import * as z from 'zod';

export interface Resting {
  flow: string;
  flowId: string;
  state: string;
  /** ISO 8601 UTC. */
  expiresAt?: string | undefined;
  /** Types of the deferred events. */
  waiting: string[];
}

/** Some items of a table: how many were read, and what they say. `unreadable` are records that say no state. */
export interface Page {
  read: number;
  instances: Resting[];
  unreadable: number;
}

export type Scan = AsyncIterable<Page>;

const resting = z.object({
  flow: z.string(),
  flowId: z.string(),
  state: z.string(),
  expiresAt: z.string().optional(),
  waiting: z.array(z.string()),
});

const deferred = z.array(z.object({ event: z.object({ type: z.string() }) })).default([]);

/** @param records as far as they were read: flow, flowId, state, expiresAt, and types of deferred events as `waiting`. */
export function pageOf(read: number, records: { [field: string]: unknown }[]): Page {
  const instances = records.flatMap((record) => {
    const parsed = resting.safeParse(record);
    return parsed.success ? [parsed.data] : [];
  });
  return { read, instances, unreadable: records.length - instances.length };
}

/** A record as the table holds it, as `pageOf` takes it. */
export function fieldsOf(record: { [attribute: string]: unknown }): { [field: string]: unknown } {
  const { flow, flowId, state, expiresAt } = record;
  const waiting = deferred.safeParse(record['deferred']).data?.map(({ event }) => event.type);
  return { flow, flowId, state, expiresAt, waiting };
}
