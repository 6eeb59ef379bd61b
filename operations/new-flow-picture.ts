/** A definition as a picture: its states, and what leads from one to another. */
import { type Definition, NEW } from '../core/definition.ts';
import { graphOf } from '../core/graph.ts';

/** The diagram, in Mermaid's language. What is refused or deferred is not in it: it leads nowhere. */
export function picture(definition: Definition): string {
  const lines = graphOf(definition).edges.map(({ from, to, ways }) => {
    const labels = ways.map(({ event, outcomes }) => [event, ...outcomes].join(', '));
    return `    ${from === NEW ? '[*]' : from} --> ${to}: ${labels.join(' / ')}`;
  });
  return ['stateDiagram-v2', ...lines].join('\n');
}
