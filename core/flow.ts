import type { Definition } from './definition.ts';
import type { Personal } from './personal.ts';
import type { FlowEvent, Json, JsonObject } from './types.ts';

/**
 * - `outbox`: an entry is written only where there are effects, and expires after its delivery; the trail in the record is
 *   the recent history.
 * - `journal`: every transition writes its entry and it stays; the record is a projection of them.
 */
export type Persistence = 'outbox' | 'journal';

/** A kind of state machine: what the engine needs to know of one flow. */
export interface Flow {
  name: string;
  persistence: Persistence;
  /** Whether every transition is told to others (`core/publication.ts`), beside the effects that it asks for. */
  publishes?: true;
  definition: Definition;
  /** Tables, beside `flows`, that this flow's transitions may write to. */
  tables: readonly string[];
  /** The fields that a caller may see and the trail remembers. No secret, nothing unmasked. */
  view(state: string, data: JsonObject): JsonObject;
  /**
   * What of its data, facts and effects says something of a person, and what of it may be shown to whoever looks after
   * instances. Where it is not told, nothing of them is shown.
   */
  personal?: Personal;
  /** How long a final state is kept, in seconds; undefined: for ever. */
  retentionSeconds(state: string): number | undefined;
  /**
   * What of an event the fingerprint covers, and whether it holds something guessable (a password, a code): then only 16
   * bits of the fingerprint are kept, so that it confirms no guess.
   */
  fingerprinted(event: Pick<FlowEvent, 'type' | 'payload'>): { value: Json; guessable: boolean };
}

/** The partition of an instance in the table `flows`. */
export const partition = (flow: string, flowId: string): string => `${flow}#${flowId}`;

export const recordKey = (flow: string, flowId: string) => ({
  table: 'flows',
  pk: partition(flow, flowId),
  sk: 'record',
});

/** Zero-padded, so that entries sort by version. */
export const entryKey = (flow: string, flowId: string, version: number) => ({
  table: 'flows',
  pk: partition(flow, flowId),
  sk: `entry#${String(version).padStart(10, '0')}`,
});
