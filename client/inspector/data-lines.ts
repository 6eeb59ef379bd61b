/** Pure: data as lines, and what has changed between two versions of it. */
import type { Json, JsonObject } from '../../core/types.ts';

export interface Line {
  /** The names of the fields that lead there, `['items', '0', 'sku']`. */
  path: string[];
  /** As JSON; undefined: it is no more. */
  value: string | undefined;
  kind: 'text' | 'number' | 'word' | 'empty';
  /** Compared with the data before. */
  change?: 'new' | 'changed' | 'removed';
  /** What it was before. */
  before?: string;
}

/** Every value within, in order; an empty object or list is a value. */
export const linesOf = (data: JsonObject): Line[] =>
  Object.entries(data).flatMap(([name, value]) => at([name], value));

function at(path: string[], value: Json): Line[] {
  if (typeof value !== 'object' || value === null)
    return [{ path, value: JSON.stringify(value), kind: kindOf(value) }];
  const inner = Object.entries(value);
  if (inner.length === 0) return [{ path, value: JSON.stringify(value), kind: 'empty' }];
  return inner.flatMap(([name, one]) => at([...path, name], one));
}

function kindOf(value: string | number | boolean | null): Line['kind'] {
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'number' : 'word';
}

/** The lines of data, marked with what is new or changed since; what was removed comes last, whole. */
export function changedLines(data: JsonObject, before: JsonObject): Line[] {
  const key = ({ path }: Line) => JSON.stringify(path);
  const old = new Map(linesOf(before).map((line) => [key(line), line]));
  const lines = linesOf(data).map((line): Line => {
    const was = old.get(key(line));
    old.delete(key(line));
    if (!was) return { ...line, change: 'new' };
    return was.value === line.value ? line : { ...line, change: 'changed', before: was.value ?? '' };
  });
  const gone = [...old.values()].map(({ path }) => highestGone(path, data));
  const once = new Map(gone.map((path) => [JSON.stringify(path), path]));
  return [...lines, ...[...once.values()].map((path) => removed(path, before))];
}

/** The first of the fields that lead there that is no more. */
function highestGone(path: string[], data: JsonObject): string[] {
  const depth = path.findIndex((_, index) => valueAt(path.slice(0, index + 1), data) === undefined);
  return depth < 0 ? path : path.slice(0, depth + 1);
}

const removed = (path: string[], before: JsonObject): Line => ({
  ...{ path, value: undefined, kind: 'empty', change: 'removed' },
  before: JSON.stringify(valueAt(path, before)) ?? '',
});

const valueAt = (path: string[], data: JsonObject): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as JsonObject)[name]
        : undefined,
    data,
  );
