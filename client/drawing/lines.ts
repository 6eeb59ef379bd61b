/** Where lines meet the boxes, and the way that they take. */
import type { DrawnEdge, DrawnNode } from './layout.ts';

export interface Point {
  x: number;
  y: number;
}

type Side = 'top' | 'bottom';

interface End {
  edge: DrawnEdge;
  side: Side;
  /** Index of its point in the edge. */
  at: number;
  /** Where the line goes from here. */
  toward: Point;
}

/** Between two lines that meet a box on the same side. */
const GAP = 18;
/** Of a loop: how far apart its ends are, from the middle of the side, and how far it bulges. */
const LOOP = { half: 8, bulge: 26 };

/** Every line begins and ends at the top or bottom of a box, beside the others there, in the order of where they go. */
export function attach(edges: DrawnEdge[], nodes: DrawnNode[]): DrawnEdge[] {
  const points = new Map(edges.map((edge) => [edge, edge.points.map(({ x, y }) => ({ x, y }))]));
  for (const node of nodes) {
    const ends = edges.flatMap((edge) => endsAt(edge, node));
    for (const side of ['top', 'bottom'] as const) {
      const here = ends.filter((end) => end.side === side).sort(order);
      const y = node.y + (side === 'top' ? -node.height / 2 : node.height / 2);
      const places = node.kind === 'state' ? placesOf(here, node) : placesOnCircle(here, node);
      for (const [index, { edge, at }] of here.entries()) {
        const its = points.get(edge);
        if (its) its[at] = { x: places[index] ?? node.x, y };
      }
    }
  }
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const bands = bandsOf(nodes, edges);
  return edges.map((edge) => {
    const [from, to] = [byName.get(edge.from), byName.get(edge.to)];
    if (!from || !to) return edge;
    if (from === to) return loopAt(edge, from);
    return { ...edge, points: upright(points.get(edge) ?? [], from, to, bands) };
  });
}

/** Around the middle of the side, and moved a little where one of them then goes straight on. */
function placesOf(ends: End[], { x, width }: DrawnNode): number[] {
  const gap = Math.min(GAP, (width - 16) / Math.max(1, ends.length));
  const half = ((ends.length - 1) / 2) * gap;
  const even = ends.map((_, index) => x - half + index * gap);
  const moves = ends.map(({ toward }, index) => toward.x - (even[index] ?? x));
  const least = moves.sort((one, other) => Math.abs(one) - Math.abs(other))[0] ?? 0;
  const move = Math.abs(least) <= Math.min(GAP, width / 2 - half - 12) ? least : 0;
  return even.map((place) => place + move);
}

/** All that leaves a circle leaves it in one point, and what comes in beside it has another. */
function placesOnCircle(ends: End[], { x, width }: DrawnNode): number[] {
  const comesIn = ends.map(({ at }) => at > 0);
  const aside = comesIn.includes(true) && comesIn.includes(false) ? width / 4 : 0;
  const toTheLeft = comesIn.indexOf(true) < ends.length / 2;
  return comesIn.map((one) => (one === toTheLeft ? x - aside : x + aside));
}

/** Rows of boxes, by their middle: how high the highest is. */
function bandsOf(nodes: DrawnNode[], edges: DrawnEdge[]): Map<number, number> {
  const bands = new Map<number, number>();
  for (const { y, height } of [...nodes, ...edges.map(({ label }) => label)]) {
    bands.set(rounded(y), Math.max(bands.get(rounded(y)) ?? 0, height));
  }
  return bands;
}

/** Beside the boxes of a row a line goes straight up or down: it bends only between rows, where nothing is in its way. */
function upright(points: Point[], from: Point, to: Point, bands: Map<number, number>): Point[] {
  const [first, ...others] = points;
  const last = others.pop();
  if (!first || !last) return points;
  const down = from.y < to.y ? 1 : -1;
  const half = (y: number) => ((bands.get(rounded(y)) ?? 0) / 2) * down;
  const beside = others.flatMap(({ x, y }) => [
    { x, y: y - half(y) },
    { x, y: y + half(y) },
  ]);
  const all = [
    first,
    { x: first.x, y: from.y + half(from.y) },
    ...beside,
    { x: last.x, y: to.y - half(to.y) },
    last,
    // In whole pixels, so that what is as good as straight is straight.
  ].map(({ x, y }) => ({ x: Math.round(x), y }));
  return all.filter(({ x, y }, index) => index === 0 || x !== all[index - 1]?.x || y !== all[index - 1]?.y);
}

function endsAt(edge: DrawnEdge, { name, y }: DrawnNode): End[] {
  if (edge.from === edge.to) return [];
  const last = edge.points.length - 1;
  const end = (at: number, next: number): End[] => {
    const toward = edge.points[next];
    return toward ? [{ edge, at, toward, side: toward.y < y ? 'top' : 'bottom' }] : [];
  };
  return [...(edge.from === name ? end(0, 1) : []), ...(edge.to === name ? end(last, last - 1) : [])];
}

const order = (one: End, other: End) => one.toward.x - other.toward.x || one.toward.y - other.toward.y;

/** Its label stands right beside it. */
function loopAt(edge: DrawnEdge, { x, y, width }: DrawnNode): DrawnEdge {
  const right = x + width / 2;
  const points = [
    { x: right, y: y - LOOP.half },
    { x: right + LOOP.bulge * 0.75, y },
    { x: right, y: y + LOOP.half },
  ];
  return { ...edge, points, label: { ...edge.label, x: right + LOOP.bulge + edge.label.width / 2 - 2, y } };
}

/** The `d` of an SVG path along an edge, with its corners rounded. */
export function pathOf({ from, to, points }: Pick<DrawnEdge, 'from' | 'to' | 'points'>): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  if (from === to) {
    const x = first.x + LOOP.bulge;
    return `M${at(first)} C${at({ x, y: first.y - 6 })} ${at({ x, y: last.y + 6 })} ${at(last)}`;
  }
  const corners = points.slice(1, -1).map((corner, index) => {
    const [before, after] = [points[index] ?? corner, points[index + 2] ?? corner];
    const radius = Math.min(RADIUS, apart(before, corner) / 2, apart(corner, after) / 2);
    return `L${at(along(corner, before, radius))} Q${at(corner)} ${at(along(corner, after, radius))}`;
  });
  return [`M${at(first)}`, ...corners, `L${at(last)}`].join(' ');
}

const RADIUS = 8;

const apart = (one: Point, other: Point) => Math.hypot(one.x - other.x, one.y - other.y);

/** So far from one point toward another. */
function along(from: Point, to: Point, distance: number): Point {
  const share = distance / (apart(from, to) || 1);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

const ARROW = { length: 8, half: 4 };

/** The `d` of the arrowhead at the end of an edge. */
export function arrowOf({ from, to, points }: Pick<DrawnEdge, 'from' | 'to' | 'points'>): string {
  const [before, tip] = points.slice(-2);
  if (!before || !tip) return '';
  const { length, half } = ARROW;
  if (from === to) {
    return `M${at(tip)} L${at({ x: tip.x + length, y: tip.y - half + 1 })} L${at({ x: tip.x + length - 1, y: tip.y + half + 2 })} Z`;
  }
  const y = tip.y + (before.y < tip.y ? -length : length);
  return `M${at(tip)} L${at({ x: tip.x - half, y })} L${at({ x: tip.x + half, y })} Z`;
}

const at = ({ x, y }: Point) => `${rounded(x)} ${rounded(y)}`;

/** A tenth of a pixel is finer than anybody sees. */
export const rounded = (length: number): number => Math.round(length * 10) / 10;
