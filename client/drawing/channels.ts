/**
 * Between two rows of boxes lines change sides. Each does so at a height of its own, so that no two lie on each other, and in the
 * order that lets the fewest cross. Where there are many, the rows move apart.
 */
import type { DrawnEdge, DrawnNode } from './layout.ts';
import { type Point, rounded } from './lines.ts';

/** A part of a line that leads from one x to another, between two rows. */
interface Step {
  edge: DrawnEdge;
  /** It leads from this point of the line to the next. */
  at: number;
  upper: Point;
  lower: Point;
}

/** Steps that begin in one point above: they share a height. */
interface Bus {
  steps: Step[];
  x: number;
  left: number;
  right: number;
  ends: number[];
}

const BETWEEN_LINES = 9;
/** From the upper row to the first line, and from the last to the lower row: an arrow needs its place. */
const [ABOVE, BELOW] = [12, 19];

/** The same with upright and level lines only. */
export function route(nodes: DrawnNode[], edges: DrawnEdge[]): { nodes: DrawnNode[]; edges: DrawnEdge[] } {
  const channels = Map.groupBy(edges.flatMap(stepsOf), ({ upper }) => rounded(upper.y));
  const levels = new Map<DrawnEdge, Map<number, number>>();
  const wider: { top: number; by: number }[] = [];
  for (const [top, steps] of channels) {
    const rows = rowsOf(steps);
    const height = Math.min(...steps.map(({ lower }) => lower.y)) - top;
    const needed = ABOVE + BELOW + (rows.length - 1) * BETWEEN_LINES;
    wider.push({ top, by: Math.max(0, needed - height) });
    const spare = (Math.max(height, needed) - needed) / 2;
    for (const [row, buses] of rows.entries()) {
      for (const { edge, at } of buses.flatMap((bus) => bus.steps)) {
        const known = levels.get(edge) ?? new Map<number, number>();
        levels.set(edge, known.set(at, ABOVE + spare + row * BETWEEN_LINES));
      }
    }
  }
  const down = (y: number) => y + wider.reduce((sum, { top, by }) => sum + (y > top + 0.5 ? by : 0), 0);
  const moved = <T extends Point>(one: T): T => ({ ...one, y: down(one.y) });
  return {
    nodes: nodes.map(moved),
    edges: edges.map((edge) => {
      const points = cornered(edge.points, levels.get(edge), moved);
      return { ...edge, points, label: moved(edge.label) };
    }),
  };
}

function stepsOf(edge: DrawnEdge): Step[] {
  if (edge.from === edge.to) return [];
  return edge.points.slice(1).flatMap((to, at) => {
    const from = edge.points[at] ?? to;
    const [upper, lower] = from.y < to.y ? [from, to] : [to, from];
    return from.x === to.x ? [] : [{ edge, at, upper, lower }];
  });
}

/** The buses of a channel, by height, the uppermost first. */
function rowsOf(steps: Step[]): Bus[][] {
  const buses = [...Map.groupBy(steps, ({ upper }) => rounded(upper.x)).values()].map((its): Bus => {
    const ends = its.map(({ lower }) => lower.x);
    const x = its[0]?.upper.x ?? 0;
    return { steps: its, x, ends, left: Math.min(x, ...ends), right: Math.max(x, ...ends) };
  });
  const rows: Bus[][] = [];
  const rowOf = new Map<Bus, number>();
  for (const bus of ordered(buses)) {
    const row = [...rowOf].reduce(
      (next, [other, its]) => (meet(bus, other) ? Math.max(next, its + 1) : next),
      0,
    );
    rowOf.set(bus, row);
    rows[row] = [...(rows[row] ?? []), bus];
  }
  return rows;
}

const meet = (one: Bus, other: Bus) =>
  one.left < other.right + BETWEEN_LINES && other.left < one.right + BETWEEN_LINES;

/** Each is put where it adds the fewest crossings. */
function ordered(buses: Bus[]): Bus[] {
  let order: Bus[] = [];
  for (const bus of buses) {
    const tries = Array.from({ length: order.length + 1 }, (_, at) => order.toSpliced(at, 0, bus));
    const fewest = Math.min(...tries.map(crossings));
    order = tries.find((one) => crossings(one) === fewest) ?? [...order, bus];
  }
  return order;
}

const crossings = (order: Bus[]): number =>
  order.reduce(
    (sum, upper, index) =>
      sum + order.slice(index + 1).reduce((more, lower) => more + crossed(upper, lower), 0),
    0,
  );

/**
 * The lower one comes down through the upper one, and the upper one's ends go down through the lower one. Where an end of the upper
 * one is right below the beginning of the lower one, they would even lie on each other.
 */
const crossed = (upper: Bus, lower: Bus): number =>
  Number(within(lower.x, upper)) +
  upper.ends.filter((x) => within(x, lower)).length +
  upper.ends.filter((x) => Math.abs(x - lower.x) < 1).length * LYING;

/** So many crossings are better than a line on another. */
const LYING = 100;

const within = (x: number, { left, right }: Bus) => left < x && x < right;

function cornered(
  points: Point[],
  levels: Map<number, number> | undefined,
  moved: (one: Point) => Point,
): Point[] {
  const all = points.flatMap((point, at) => {
    const [here, next] = [moved(point), points[at + 1]];
    const level = levels?.get(at);
    if (level === undefined || !next) return [here];
    const there = moved(next);
    // The level counts from the upper row, which may have moved.
    const y = Math.min(here.y, there.y) + level;
    return [here, { x: here.x, y }, { x: there.x, y }];
  });
  // On the way between rows nothing but corners matters.
  return all.filter((point, at) => {
    const [before, after] = [all[at - 1], all[at + 1]];
    return !before || !after || before.x !== point.x || point.x !== after.x;
  });
}
