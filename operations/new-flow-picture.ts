/** A definition as a picture: its states, and what leads from one to another. */
import { type Definition, NEW, rows } from '../core/definition.ts';

interface End {
  state: string;
  /** The outcomes on the way. */
  outcomes: string[];
}

/** The diagram, in Mermaid's language. What is refused or deferred is not in it: it leads nowhere. */
export function picture(definition: Definition): string {
  const edges = new Map<string, string[]>();
  for (const { state, event, next } of rows(definition)) {
    for (const end of endsOf(definition, next)) {
      const from = state === NEW ? '[*]' : state;
      const edge = `${from} --> ${end.state}`;
      edges.set(edge, [...(edges.get(edge) ?? []), [event, ...end.outcomes].join(', ')]);
    }
  }
  const lines = [...edges].map(([edge, labels]) => `    ${edge}: ${[...new Set(labels)].join(' / ')}`);
  return ['stateDiagram-v2', ...lines].join('\n');
}

/** The stable states that a row may end in. */
function endsOf({ States }: Definition, name: string, outcomes: string[] = []): End[] {
  const state = States[name];
  if (!state || outcomes.length > 8) return [];
  if (state.Type === 'Choice') {
    const rules = (state.Choices ?? []).flatMap(({ Next = '', StringEquals }) =>
      endsOf({ States, StartAt: '' }, Next, [...outcomes, StringEquals ?? 'if it is so']),
    );
    const otherwise = state.Default
      ? endsOf({ States, StartAt: '' }, state.Default, [...outcomes, 'else'])
      : [];
    return [...rules, ...otherwise];
  }
  if (state.Next) return endsOf({ States, StartAt: '' }, state.Next, outcomes);
  return state.Parameters?.['state'] === name ? [{ state: name, outcomes }] : [];
}
