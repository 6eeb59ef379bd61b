/** Pure: what of an instance says something of a person, and what is shown of that. */
import type { Json, JsonObject } from './types.ts';

/** What may be shown of a text that says something of a person. */
export type Mask = (text: string) => string;

/** By the name of a field, wherever it stands in data, facts and effects: how much of it may be shown. */
export interface Personal {
  readonly [field: string]: Mask;
}

/** Stands for what is not shown; it does not tell how long that is. */
const HIDDEN = '•'.repeat(7);

/** Shows nothing. */
export const hidden: Mask = () => HIDDEN;

/** The first character, for who knows the rest anyway. */
export const initial: Mask = (text) => `${[...text][0] ?? ''}${HIDDEN}`;

/**
 * A copy of the fields to be shown.
 *
 * @param personal undefined where nobody has said what is personal: then no text and no number is shown at all.
 */
export function masked(personal: Personal | undefined, fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => {
      const mask = personal ? own(personal, field) : hidden;
      return [field, mask ? throughout(value, mask) : shown(personal, value)];
    }),
  );
}

const own = (personal: Personal, field: string): Mask | undefined =>
  Object.hasOwn(personal, field) ? personal[field] : undefined;

/** A value that is not personal itself; fields within it may be. */
function shown(personal: Personal | undefined, value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map((one) => shown(personal, one)) : masked(personal, value);
}

/** All that is in a personal value is. */
function throughout(value: Json, mask: Mask): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') return HIDDEN;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => throughout(one, mask));
  return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, throughout(one, mask)]));
}
