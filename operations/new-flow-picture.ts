/** A definition as a picture: its states, and what leads from one to another. */
import { type ChoiceRule, type Definition, NEW, type Row, rows } from '../core/definition.ts';

interface End {
  state: string;
  /** The outcomes on the way. */
  outcomes: string[];
}

/** More outcomes than any transition has: a definition that goes in circles ends here. */
const LONGEST = 8;

/** The diagram, in Mermaid's language. What is refused or deferred is not in it: it leads nowhere. */
export function picture(definition: Definition): string {
  const edges = new Map<string, string[]>();
  for (const row of rows(definition)) {
    for (const { state, outcomes } of endsOf(definition, row, row.next)) {
      const edge = `${row.state === NEW ? '[*]' : row.state} --> ${state}`;
      edges.set(edge, [...(edges.get(edge) ?? []), [row.event, ...outcomes].join(', ')]);
    }
  }
  const lines = [...edges].map(([edge, labels]) => `    ${edge}: ${[...new Set(labels)].join(' / ')}`);
  return ['stateDiagram-v2', ...lines].join('\n');
}

/** The stable states that a row may end in, from a state of its definition on. */
function endsOf(definition: Definition, row: Row, name: string, outcomes: string[] = []): End[] {
  const state = definition.States[name];
  if (!state || outcomes.length > LONGEST) return [];
  const go = (next: string | undefined, ...more: string[]) =>
    next === undefined ? [] : endsOf(definition, row, next, [...outcomes, ...more]);
  if (state.Type === 'Choice') {
    const rules = state.Choices ?? [];
    const certain = rules.find((rule) => isSo(rule, row) === true);
    if (certain) return go(certain.Next);
    const open = rules.filter((rule) => isSo(rule, row) === undefined);
    const branches = open.flatMap(({ Next, StringEquals }) => go(Next, StringEquals ?? 'if so'));
    return [...branches, ...(open.length > 0 ? go(state.Default, 'otherwise') : go(state.Default))];
  }
  if (state.Next) return go(state.Next);
  return state.Parameters?.['state'] === name ? [{ state: name, outcomes }] : [];
}

/** Whether a rule holds in a row, where the row's state and event tell. */
function isSo({ Variable, StringEquals }: ChoiceRule, { state, event }: Row): boolean | undefined {
  if (Variable === '$.flow.state') return StringEquals === state;
  if (Variable === '$.event.type') return StringEquals === event;
  return undefined;
}
