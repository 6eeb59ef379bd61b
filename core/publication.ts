/** Committed transitions, told to others: at least once, in no order. docs/facts.md describes the message. */
import { PUBLISH } from './bookkeeping.ts';
import { entryOf } from './journal.ts';
import type { EffectExecutor } from './ports.ts';
import type { Entry, Fact } from './types.ts';

/**
 * What others are told of one transition. `flow`, `flowId` and `version` name it: by them a consumer drops doubles, and orders what
 * it gets, for versions have no gaps. `hash` is that of the journal entry: who keeps it can prove what the journal said then.
 * Instants are ISO 8601 UTC.
 */
export interface Publication {
  flow: string;
  flowId: string;
  version: number;
  at: string;
  event: { id: string; type: string; at: string };
  from: string;
  to: string;
  facts: Fact[];
  hash?: string;
}

/** Hands a message to whoever listens. Throws `EffectError`, or anything else, where it may not have arrived. */
export type Publisher = (message: Publication, signal: AbortSignal) => Promise<void>;

/** The message of an entry. */
export function publicationOf(entry: Entry): Publication {
  const { flow, flowId, version, at, event, from, to, facts, hash } = entry;
  return { flow, flowId, version, at, event, from, to, facts, ...(hash !== undefined && { hash }) };
}

/** Performs effects of the kind `publish`, until they have been taken: a double does no harm, a gap does. */
export const publishExecutors = (publish: Publisher): { [kind: string]: EffectExecutor } => ({
  [PUBLISH]: {
    persistent: true,
    async perform(_effect, { entry, signal }) {
      await publish(publicationOf(entryOf(entry)), signal);
      return { done: true };
    },
    failure: () => undefined,
  },
});
