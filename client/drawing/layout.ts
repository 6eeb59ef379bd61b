/** Where the states and edges of a machine stand. The same graph always gives the same drawing. */
import { layout, Graph as Sheet } from '@dagrejs/dagre';
import type { Graph, GraphState } from '../../core/graph.ts';
import { route } from './channels.ts';
import { type Junction, type Leg, legsOf } from './junctions.ts';
import type { Line } from './labels.ts';
import { attach, type Point, rounded } from './lines.ts';
import { widthOf } from './text.ts';

/** A place in the picture: x and y are its middle. All lengths are in pixels of a picture at its own size. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface DrawnNode extends Box {
  /** Of the state; `New` for the dot where instances begin. A junction has a name of its own, which is not shown. */
  name: string;
  kind: 'state' | 'initial' | 'junction';
  final: boolean;
  /** Below the name, how long an instance rests here at the most; of a junction its letter. */
  lines: string[];
}

export interface DrawnEdge {
  from: string;
  to: string;
  /** Its corners, from the border of `from` to the border of `to`. Of a loop three, between which it bulges. */
  points: Point[];
  label: Box & { lines: Line[] };
  /** The edges of the graph that lead over it: several where they meet in a junction. */
  edges: { from: string; to: string }[];
}

export interface Drawing {
  width: number;
  height: number;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

/** Sizes that the look agrees with. */
export const NAME_SIZE = 13;
export const SMALL_SIZE = 11;
export const LINE_HEIGHT = 15;

const START = 'New';
const MARGIN = 16;
const NODE_HEIGHT = 42;
const LOOP = 30;

/** A picture up to this width fits beside the text of a page. */
const FITTING = 860;
/** More ends than these side by side make a picture wide: where it is too wide, the others stand lower. */
const MOST_BESIDE = 3;

/** How the picture may be made narrower, the most even one first. */
const manners = [undefined, 'UL', 'UR', 'DL', 'DR'].flatMap((align) => [
  { align, lower: false },
  { align, lower: true },
]) as Manner[];

interface Manner {
  align: 'UL' | 'UR' | 'DL' | 'DR' | undefined;
  lower: boolean;
}

/** Lays a machine out from top to bottom: in the first manner that fits, or else the narrowest. */
export function layOut(graph: Graph): Drawing {
  let narrowest: Drawing | undefined;
  for (const manner of manners) {
    const drawing = layOutAs(graph, manner);
    if (!narrowest || drawing.width < narrowest.width) narrowest = drawing;
    if (narrowest.width <= FITTING) break;
  }
  return narrowest ?? empty;
}

function layOutAs(graph: Graph, { align, lower }: Manner): Drawing {
  const sheet = new Sheet();
  sheet.setGraph({ rankdir: 'TB', nodesep: 24, edgesep: 18, ranksep: 62, ...(align && { align }) });
  const { junctions, legs } = legsOf(graph);
  const nodes = [...startOf(graph), ...graph.states.map(nodeOf), ...junctions.map(junctionOf)];
  for (const { name, width, height } of nodes) sheet.setNode(name, { width, height });
  const lowered = lower ? loweredOf(legs) : new Set();
  const parts = legs.map((leg, index) => {
    const { width, height } = sizeOf(leg.lines);
    const label = { width: leg.from === leg.to ? width + LOOP : width, height, labelpos: 'c' } as const;
    if (!lowered.has(leg)) {
      sheet.setEdge(leg.from, leg.to, label);
      return { leg };
    }
    const via = `via ${index}`;
    sheet.setNode(via, { width: 1, height: 1 });
    sheet.setEdge(leg.from, via, {});
    sheet.setEdge(via, leg.to, label);
    return { leg, via };
  });
  layout(sheet);
  const placed = nodes.map((node) => ({ ...node, ...middleOf(sheet.node(node.name)) }));
  const edges = parts.map(({ leg, via }) => {
    if (via === undefined) return edgeOf(leg, sheet.edge(leg.from, leg.to));
    const [upper, end] = [sheet.edge(leg.from, via), sheet.edge(via, leg.to)];
    const [before, after] = [upper.points?.slice(0, -1) ?? [], end.points?.slice(1) ?? []];
    return edgeOf(leg, { ...end, points: [...before, middleOf(sheet.node(via)), ...after] });
  });
  const routed = route(placed, attach(edges, placed));
  return framed(routed.nodes, routed.edges);
}

/** The lines to ends that stand lower. */
function loweredOf(legs: Leg[]): Set<Leg> {
  const leads = new Set(legs.filter(({ from, to }) => from !== to).map(({ from }) => from));
  return new Set(
    [...leads].flatMap((from) =>
      legs.filter((leg) => leg.from === from && !leads.has(leg.to)).slice(MOST_BESIDE),
    ),
  );
}

function startOf({ edges }: Graph): DrawnNode[] {
  const dot = {
    name: START,
    kind: 'initial',
    final: false,
    lines: [],
    ...nowhere,
    width: 14,
    height: 14,
  } as const;
  return edges.some(({ from }) => from === START) ? [{ ...dot, lines: [] }] : [];
}

const nowhere = { x: 0, y: 0 };
const empty: Drawing = { width: 0, height: 0, nodes: [], edges: [] };

function nodeOf({ name, final, deadlineSeconds }: GraphState): DrawnNode {
  const lines = deadlineSeconds === undefined ? [] : [`at most ${spanOf(deadlineSeconds)}`];
  const texts = [widthOf(name, NAME_SIZE, 'bold'), ...lines.map((line) => widthOf(line, SMALL_SIZE))];
  const width = Math.max(72, ...texts) + 24;
  return { name, kind: 'state', final, lines, ...nowhere, width, height: NODE_HEIGHT };
}

const junctionOf = ({ name, letter }: Junction): DrawnNode => ({
  ...{ name, kind: 'junction', final: false, lines: [letter], ...nowhere, width: 22, height: 22 },
});

const units: [name: string, seconds: number][] = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** In the largest unit that needs no fraction. */
function spanOf(seconds: number): string {
  const [name, length] = units.find(([, one]) => seconds % one === 0 && seconds >= one) ?? ['s', 1];
  const count = seconds / length;
  return `${count} ${name}${name === 'day' && count !== 1 ? 's' : ''}`;
}

function sizeOf(lines: Line[]): { width: number; height: number } {
  if (lines.length === 0) return { width: 0, height: 0 };
  const widths = lines.map(({ text }) => widthOf(text, SMALL_SIZE));
  return { width: Math.max(...widths) + 8, height: lines.length * LINE_HEIGHT + 4 };
}

const middleOf = ({ x = 0, y = 0 }: { x?: number; y?: number }) => ({ x, y });

function edgeOf(
  { from, to, lines, edges }: Leg,
  placed: { x?: number; y?: number; points?: Point[] },
): DrawnEdge {
  const label = { ...middleOf(placed), ...sizeOf(lines), lines };
  return { from, to, points: placed.points ?? [], label, edges };
}

/** Moved to the corner of the picture, and the picture as large as what is in it. */
function framed(nodes: DrawnNode[], edges: DrawnEdge[]): Drawing {
  if (nodes.length === 0) return empty;
  const boxes = [...nodes, ...edges.map(({ label }) => label)];
  const points = edges.flatMap((edge) => edge.points);
  const lefts = [...boxes.map(({ x, width }) => x - width / 2), ...points.map(({ x }) => x)];
  const tops = [...boxes.map(({ y, height }) => y - height / 2), ...points.map(({ y }) => y)];
  const rights = [...boxes.map(({ x, width }) => x + width / 2), ...points.map(({ x }) => x)];
  const bottoms = [...boxes.map(({ y, height }) => y + height / 2), ...points.map(({ y }) => y)];
  const [left, top] = [Math.min(...lefts) - MARGIN, Math.min(...tops) - MARGIN];
  const moved = <T extends Point>(one: T): T => ({
    ...one,
    x: rounded(one.x - left),
    y: rounded(one.y - top),
  });
  return {
    width: Math.ceil(Math.max(...rights) - left + MARGIN),
    height: Math.ceil(Math.max(...bottoms) - top + MARGIN),
    nodes: nodes.map(moved),
    edges: edges.map((edge) => ({ ...edge, points: edge.points.map(moved), label: moved(edge.label) })),
  };
}
