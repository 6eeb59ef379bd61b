/**
 * Where several states share what comes next, it is drawn once, behind the first of them. Its edges part at a junction with a
 * letter, and the others lead to a circle with that letter: four states that each lead to the same eight, by outcomes of the same
 * names, are twelve lines and not thirty-two.
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

/** A circle with a letter. */
export interface Junction {
  name: string;
  letter: string;
}

export interface Legs {
  junctions: Junction[];
  legs: Leg[];
}

/** Edges that leave one state by the same events, and the outcomes that tell them apart. */
interface Fan {
  from: string;
  events: string[];
  arms: { to: string; ways: Block['ways'] }[];
}

const FEWEST_ARMS = 3;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function legsOf({ edges }: Graph): Legs {
  const groups = new Map<string, Fan[]>();
  for (const fan of fansOf(edges)) {
    const key = JSON.stringify(fan.arms);
    groups.set(key, [...(groups.get(key) ?? []), fan]);
  }
  const shared = [...groups.values()].filter(
    ([first, ...others]) => others.length > 0 && (first?.arms.length ?? 0) >= FEWEST_ARMS,
  );
  const bundles = shared.map((fans, index) => bundleOf(fans, letters[index % letters.length] ?? ''));
  const inBundle = new Set(
    shared.flat().flatMap(({ from, arms }) => arms.map(({ to }) => JSON.stringify([from, to]))),
  );
  const direct = edges
    .filter(({ from, to }) => !inBundle.has(JSON.stringify([from, to])))
    .map(({ from, to, ways }): Leg => ({ from, to, lines: linesOf(ways), edges: [{ from, to }] }));
  return {
    junctions: bundles.flatMap(({ junctions }) => junctions),
    legs: [...direct, ...bundles.flatMap(({ legs }) => legs)],
  };
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

function bundleOf(fans: Fan[], letter: string): Legs {
  const arms = fans[0]?.arms ?? [];
  const junctions = fans.map(({ from }) => ({ name: `${letter} behind ${from}`, letter }));
  const into = fans.map(({ from, events }, index): Leg => {
    const edges = arms.map(({ to }) => ({ from, to }));
    return { from, to: junctions[index]?.name ?? '', lines: eventLines(events), edges };
  });
  const out = arms.map(({ to, ways }): Leg => {
    const edges = fans.map(({ from }) => ({ from, to }));
    return { from: junctions[0]?.name ?? '', to, lines: outcomeLines(ways), edges };
  });
  return { junctions, legs: [...into, ...out] };
}
