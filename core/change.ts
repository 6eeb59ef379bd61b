/** Pure: how one set of fields differs from another, and that difference applied. */
import type { Change, Json, JsonObject } from './types.ts';

/** What makes `after` of `before`: the fields that differ, and the names of those that go. */
export function difference(before: JsonObject, after: JsonObject): Change {
  const set = Object.fromEntries(
    Object.entries(after).filter(([field, value]) => !same(before[field], value)),
  );
  return { set, removed: Object.keys(before).filter((field) => !(field in after)) };
}

/** The fields after a change. */
export function changed(before: JsonObject, { set, removed }: Change): JsonObject {
  const after = { ...before, ...set };
  for (const field of removed) delete after[field];
  return after;
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
}
