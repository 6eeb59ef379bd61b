/** A read model that is made of published messages alone. docs/facts.md shows it. */
import type { Publication } from '../../core/publication.ts';
import type { Fact } from '../../core/types.ts';

export interface Known {
  state: string;
  version: number;
  facts: Fact[];
}

interface Held extends Known {
  /** Messages that came before those that they follow. */
  early: Map<number, Publication>;
}

/** Takes messages in any order and as often as they come: versions have no gaps, so it knows what is still to come. */
export function createConsumer() {
  const instances = new Map<string, Held>();

  function take(message: Publication): void {
    const name = `${message.flow}#${message.flowId}`;
    const known: Held = instances.get(name) ?? { state: 'New', version: 0, facts: [], early: new Map() };
    instances.set(name, known);
    if (message.version <= known.version) return;
    known.early.set(message.version, message);
    for (let next = known.early.get(known.version + 1); next; next = known.early.get(known.version + 1)) {
      known.early.delete(next.version);
      known.version = next.version;
      known.state = next.to;
      known.facts.push(...next.facts);
    }
  }

  return {
    take,
    /** @returns undefined for an instance of which nothing has been told; version 0 as long as its first message has not come. */
    read: (flow: string, flowId: string): Known | undefined => instances.get(`${flow}#${flowId}`),
  };
}
