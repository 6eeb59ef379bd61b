/**
 * Where several states share what comes next, their edges meet in a junction and part again: four states that each lead to the
 * same eight, by outcomes of the same names, are twelve lines and not thirty-two.
 */
import type { Graph, GraphEdge } from '../../core/graph.ts';
import { type Block, blocksOf, eventLines, type Line, linesOf, outcomeLines } from './labels.ts';

/** One line of the picture, from a state or a junction to another. */
export interface Leg {
  from: string;
  to: string;
  lines: Line[];
  /** The edges of the graph that lead over it. */
  edges: { from: string; to: string }[];
}

export interface Legs {
  junctions: string[];
  legs: Leg[];
}

/** Edges that leave one state by the same events, and the outcomes that tell them apart. */
interface Fan {
  from: string;
  events: string[];
  arms: { to: string; ways: Block['ways'] }[];
}

const FEWEST_ARMS = 3;

export function legsOf({ edges }: Graph): Legs {
  const groups = new Map<string, Fan[]>();
  for (const fan of fansOf(edges)) {
    const key = JSON.stringify(fan.arms);
    groups.set(key, [...(groups.get(key) ?? []), fan]);
  }
  const shared = [...groups.values()].filter(
    ([first, ...others]) => others.length > 0 && (first?.arms.length ?? 0) >= FEWEST_ARMS,
  );
  const bundles = shared.map((fans, index) => ({ name: `junction ${index + 1}`, fans }));
  const inBundle = new Set(
    shared.flat().flatMap(({ from, arms }) => arms.map(({ to }) => JSON.stringify([from, to]))),
  );
  const direct = edges
    .filter(({ from, to }) => !inBundle.has(JSON.stringify([from, to])))
    .map(({ from, to, ways }): Leg => ({ from, to, lines: linesOf(ways), edges: [{ from, to }] }));
  return { junctions: bundles.map(({ name }) => name), legs: [...direct, ...bundles.flatMap(legsOfBundle)] };
}

/** Only of edges whose label is one block: others have ways of their own to tell. */
function fansOf(edges: GraphEdge[]): Fan[] {
  const fans = new Map<string, Fan>();
  for (const { from, to, ways } of edges) {
    const [block, ...more] = blocksOf(ways);
    if (!block || more.length > 0) continue;
    const key = JSON.stringify([from, block.events]);
    const fan = fans.get(key) ?? { from, events: block.events, arms: [] };
    fan.arms.push({ to, ways: block.ways });
    fans.set(key, fan);
  }
  return [...fans.values()];
}

function legsOfBundle({ name, fans }: { name: string; fans: Fan[] }): Leg[] {
  const arms = fans[0]?.arms ?? [];
  const into = fans.map(({ from, events }): Leg => {
    const edges = arms.map(({ to }) => ({ from, to }));
    return { from, to: name, lines: eventLines(events), edges };
  });
  const out = arms.map(({ to, ways }): Leg => {
    const edges = fans.map(({ from }) => ({ from, to }));
    return { from: name, to, lines: outcomeLines(ways), edges };
  });
  return [...into, ...out];
}
