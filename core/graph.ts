/** Pure: a definition as a graph, its stable states and what leads from one to another. */
import { type ChoiceRule, type Definition, type Row, rows } from './definition.ts';
import { stableStates } from './migration.ts';

export interface GraphState {
  name: string;
  final: boolean;
  /** How long an instance rests here at the most, in seconds, where the definition says it as a number. */
  deadlineSeconds?: number;
}

/** One way from a state into another: the event, and the outcomes on the way. */
export interface GraphWay {
  event: string;
  outcomes: string[];
}

export interface GraphEdge {
  /** `New` for an instance that does not exist yet. */
  from: string;
  to: string;
  /** In the order of the definition; each once. */
  ways: GraphWay[];
}

export interface Graph {
  states: GraphState[];
  edges: GraphEdge[];
}

interface End {
  state: string;
  /** The outcomes on the way. */
  outcomes: string[];
}

/** More outcomes than any transition has: a definition that goes in circles ends here. */
const LONGEST = 8;

/**
 * All stable states of a definition, also those that nothing leads to, and all edges between them, both in its order. What is
 * refused, deferred or unavailable is not in it: it leads nowhere. Where a Choice does not ask for the state or the event, each of
 * its branches counts as possible.
 */
export function graphOf(definition: Definition): Graph {
  const edges = new Map<string, GraphEdge>();
  for (const row of rows(definition)) {
    for (const { state, outcomes } of endsOf(definition, row, row.next)) {
      const key = JSON.stringify([row.state, state]);
      const edge = edges.get(key) ?? { from: row.state, to: state, ways: [] };
      edges.set(key, edge);
      const way = { event: row.event, outcomes };
      if (!edge.ways.some((one) => isSame(one, way))) edge.ways.push(way);
    }
  }
  const states = stableStates(definition).map(({ name, final }) => {
    const deadlineSeconds = definition.States[name]?.Parameters?.['deadlineSeconds'];
    return { name, final, ...(typeof deadlineSeconds === 'number' && { deadlineSeconds }) };
  });
  return { states, edges: [...edges.values()] };
}

const isSame = (one: GraphWay, other: GraphWay) =>
  one.event === other.event && one.outcomes.join() === other.outcomes.join();

/** The stable states that a row may end in, from a state of its definition on. */
function endsOf(definition: Definition, row: Row, name: string, outcomes: string[] = []): End[] {
  const state = definition.States[name];
  if (!state || outcomes.length > LONGEST) return [];
  const go = (next: string | undefined, ...more: string[]) =>
    next === undefined ? [] : endsOf(definition, row, next, [...outcomes, ...more]);
  if (state.Type === 'Choice') {
    const rules = state.Choices ?? [];
    const certain = rules.findIndex((rule) => isSo(rule, row) === true);
    const before = certain < 0 ? rules : rules.slice(0, certain);
    const open = before.filter((rule) => isSo(rule, row) === undefined);
    const branches = open.flatMap((rule) => go(rule.Next, conditionOf(rule, row)));
    const rest = certain < 0 ? state.Default : rules[certain]?.Next;
    return [...branches, ...(open.length > 0 ? go(rest, 'otherwise') : go(rest))];
  }
  if (state.Next) return go(state.Next);
  return state.Parameters?.['state'] === name ? [{ state: name, outcomes }] : [];
}

/** Whether a rule holds in a row, where the row's state and event tell. */
function isSo({ And, Variable, StringEquals }: ChoiceRule, row: Row): boolean | undefined {
  if (And) {
    const all = And.map((rule) => isSo(rule, row));
    return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
  }
  if (Variable === '$.flow.state') return StringEquals === row.state;
  if (Variable === '$.event.type') return StringEquals === row.event;
  return undefined;
}

/** What must be so for a rule to hold that the row alone does not decide: an outcome, as a rule. */
function conditionOf(rule: ChoiceRule, row: Row): string {
  const open = rule.And?.filter((one) => isSo(one, row) === undefined) ?? [rule];
  return open.map(({ StringEquals }) => StringEquals ?? 'if so').join(', ');
}
