import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Box, type Drawing, type DrawnEdge, layOut } from '../../../client/drawing/layout.ts';
import type { Point } from '../../../client/drawing/lines.ts';
import type { Graph } from '../../../core/graph.ts';
import { anyGraph, graphs } from './graphs.ts';

const real = Object.entries(graphs);

interface Named extends Box {
  what: string;
}

const nodesOf = ({ nodes }: Drawing): Named[] => nodes.map((node) => ({ ...node, what: node.name }));
const labelsOf = ({ edges }: Drawing): Named[] =>
  edges
    .filter(({ label }) => label.lines.length > 0)
    .map(({ from, to, label }) => ({ ...label, what: `the label of ${from} → ${to}` }));

const overlap = (one: Box, other: Box) =>
  Math.abs(one.x - other.x) < (one.width + other.width) / 2 - 0.2 &&
  Math.abs(one.y - other.y) < (one.height + other.height) / 2 - 0.2;

/** The parts of a line, each as a box without breadth. */
const partsOf = (points: Point[]): Box[] =>
  points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    return { x, y, width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
  });

const ARROW = 8;
const APART = 5;

/** Two lines that lie on each other, unless they begin together. */
function sharedBy(one: DrawnEdge, other: DrawnEdge): string[] {
  const [start, its] = [one.points[0], other.points[0]];
  if (start?.x === its?.x && start?.y === its?.y) return [];
  const lie = partsOf(one.points).some((part) =>
    partsOf(other.points).some((another) => {
      const wide = { ...another, width: another.width || 1, height: another.height || 1 };
      const along = part.width > 0 ? another.height === 0 : another.width === 0;
      return along && overlap(part, wide);
    }),
  );
  return lie ? [`${one.from} → ${one.to} lies on ${other.from} → ${other.to}`] : [];
}

/** Everything that would make a picture hard to read. */
function flaws(drawing: Drawing): string[] {
  const [nodes, labels] = [nodesOf(drawing), labelsOf(drawing)];
  const boxes = [...nodes, ...labels];
  const points = drawing.edges.flatMap((edge) => edge.points.map((point) => ({ edge, point })));
  const lines = drawing.edges.filter(({ from, to }) => from !== to);
  return [
    ...boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .flatMap((other) => (overlap(one, other) ? [`${one.what} lies on ${other.what}`] : [])),
    ),
    ...boxes.filter((box) => !isInside(drawing, box)).map(({ what }) => `${what} leaves the picture`),
    ...points
      .filter(({ point }) => !isInside(drawing, { ...point, width: 0, height: 0 }))
      .map(({ edge }) => `${edge.from} → ${edge.to} leaves the picture`),
    ...lines.flatMap((edge, index) => lines.slice(index + 1).flatMap((other) => sharedBy(edge, other))),
    ...lines.flatMap(({ from, to, points }) => {
      const last = partsOf(points).at(-1);
      return last && last.height >= ARROW ? [] : [`${from} → ${to} has no room for its arrow`];
    }),
    ...lines.flatMap((edge) => {
      const parts = partsOf(edge.points);
      const name = `${edge.from} → ${edge.to}`;
      const own = `the label of ${name}`;
      return [
        ...parts.filter(({ width, height }) => width > 0.1 && height > 0.1).map(() => `${name} is aslant`),
        ...parts
          .filter(({ width }) => width > 0)
          .flatMap((part) => boxes.filter((box) => overlap(part, { ...box, height: box.height + 2 * APART })))
          .map(({ what }) => `${name} comes too near to ${what}`),
        ...boxes
          .filter(({ what }) => what !== own)
          .filter((box) => parts.some((part) => overlap(part, box)))
          .map(({ what }) => `${name} crosses ${what}`),
      ];
    }),
  ];
}

const isInside = (drawing: Drawing, { x, y, width, height }: Box) =>
  x - width / 2 >= 0 &&
  y - height / 2 >= 0 &&
  x + width / 2 <= drawing.width &&
  y + height / 2 <= drawing.height;

const both = (edges: { from: string; to: string }[]) =>
  [...new Set(edges.map(({ from, to }) => `${from} → ${to}`))].sort();

/** What is in the graph and not in the drawing, or the other way round. */
function expectWhole(graph: Graph, drawing: Drawing): void {
  const states = drawing.nodes.filter(({ kind }) => kind === 'state').map(({ name }) => name);
  expect(states).toEqual(graph.states.map(({ name }) => name));
  expect(both(drawing.edges.flatMap(({ edges }) => edges))).toEqual(both(graph.edges));
  for (const { from, to } of graph.edges) {
    const over = drawing.edges.filter(({ edges }) => edges.some((one) => one.from === from && one.to === to));
    expect(over.filter((leg) => leg.from === from)).toHaveLength(1);
    expect(over.filter((leg) => leg.to === to)).toHaveLength(1);
  }
}

describe.each(real)('%s', (_name, graph) => {
  test('is all there, and nothing lies on or crosses anything', () => {
    const drawing = layOut(graph);
    expectWhole(graph, drawing);
    expect(flaws(drawing)).toEqual([]);
  });

  test('is drawn alike every time', () => {
    expect(layOut(JSON.parse(JSON.stringify(graph)))).toEqual(layOut(graph));
  });
});

test('any machine is all there, and nothing lies on or crosses anything', () => {
  void fc.assert(
    fc.property(anyGraph, (graph) => {
      const drawing = layOut(graph);
      expectWhole(graph, drawing);
      expect(flaws(drawing)).toEqual([]);
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('no machine at all is an empty picture', () => {
  expect(layOut({ states: [], edges: [] })).toEqual({ width: 0, height: 0, nodes: [], edges: [] });
});
