/** What an instance, or many, have done in a machine. */
import type { DrawnEdge, DrawnNode } from './layout.ts';

export interface Marks {
  /** The state in which the instance rests. */
  current?: string | undefined;
  /** The transitions that it has made; the first is from `New`. What it has not touched stands back. */
  path?: { from: string; to: string }[] | undefined;
  /** Texts by state, such as when it was entered. Each stands in its state, in place of how long it may last. */
  times?: { [state: string]: string } | undefined;
  /** How many rest in a state, by its name; none is shown for 0. */
  counts?: { [state: string]: number } | undefined;
}

/** Undefined where no path was given. */
export type Standing = 'taken' | 'aside' | undefined;

/** How each part of the picture stands to the path. */
export function standings({ path, current }: Marks) {
  const taken = new Set(path?.map(keyOf));
  const visited = new Set(path?.flatMap(({ from, to }) => [from, to]));
  if (current !== undefined) visited.add(current);
  const rest: Standing = path ? 'aside' : undefined;
  return {
    ofEdge: ({ edges }: DrawnEdge): Standing => (edges.some((one) => taken.has(keyOf(one))) ? 'taken' : rest),
    ofNode: ({ name }: DrawnNode): Standing => (visited.has(name) ? 'taken' : rest),
  };
}

const keyOf = ({ from, to }: { from: string; to: string }) => JSON.stringify([from, to]);
