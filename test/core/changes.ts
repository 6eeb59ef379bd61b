/** All single changes of a value: one leaf, one field or one element is different, gone or new. */
import type { Json, JsonObject } from '../../core/types.ts';

export function* changesOf(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) {
      for (const other of changesOf(one)) yield value.with(index, other);
      yield value.toSpliced(index, 1);
    }
    yield [...value, 'added'];
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      for (const other of changesOf(one)) yield { ...value, [name]: other };
      yield without(value, name);
    }
    yield { ...value, added: null };
  } else if (typeof value === 'string') yield `${value}.`;
  else if (typeof value === 'number') yield value + 1;
  else if (typeof value === 'boolean') yield !value;
  else yield 0;
}

export function without(value: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = value;
  return rest;
}

/** The same value with the fields of all its objects in the opposite order. */
export function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]) => [name, turned(one)]),
  );
}
