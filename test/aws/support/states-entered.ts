/** Which states of a definition one execution entered. Express keeps no history to ask: the facts tell the way. */
import type { DefinitionInput, DefinitionOutput } from '../../../core/types.ts';

interface Choice {
  And?: Choice[];
  Variable?: string;
  StringEquals?: string;
  Next?: string;
}

/** The part of the States Language that decides the way. */
export interface Way {
  StartAt: string;
  States: {
    [name: string]: { Type: string; Next?: string; Default?: string; Choices?: Choice[]; End?: boolean };
  };
}

export function statesEntered(way: Way, input: DefinitionInput, output: DefinitionOutput): string[] {
  const facts = 'step' in output ? output.step.facts.map(({ type }) => type) : [];
  const known: { [path: string]: string } = {
    '$.flow.state': input.flow.state,
    '$.event.type': input.event.type,
  };
  const holds = ({ And, Variable = '', StringEquals }: Choice): boolean =>
    And ? And.every(holds) : known[Variable] === StringEquals;
  const entered: string[] = [];
  for (let name: string | undefined = way.StartAt; name !== undefined; ) {
    entered.push(name);
    const state: Way['States'][string] | undefined = way.States[name];
    if (!state) throw new Error(`There is no state ${name}`);
    if (state.Type === 'Task') known['$.step.outcome'] = facts.shift() ?? '';
    name = state.Choices?.find(holds)?.Next ?? state.Default ?? state.Next;
  }
  return entered;
}
