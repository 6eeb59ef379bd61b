/** What is outside of the subset of the States Language that runs here is refused before anything runs, with its place. */
import { DetentError } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/types.ts';

/** Where in the definitions something stands. */
export interface Place {
  flow: string;
  /** Empty for what belongs to the definition as a whole. */
  state: string;
  /** The way to the field: `Choices.0.And.1.Variable`. */
  field: string;
}

export const within = (place: Place, name: string | number): Place => ({
  ...place,
  field: place.field === '' ? String(name) : `${place.field}.${name}`,
});

/** @throws DetentError `misconfigured`, always. */
export function refuse({ flow, state, field }: Place, advice: string): never {
  const where = [`the definition of ${flow}`, state && `state ${state}`, field && `field ${field}`];
  throw new DetentError('misconfigured', `${where.filter(Boolean).join(', ')}: ${advice}`);
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Refuses every field that is neither known nor a comment. */
export function onlyFields(value: JsonObject, known: readonly string[], place: Place): void {
  for (const name of Object.keys(value)) {
    if (name !== 'Comment' && !known.includes(name)) {
      refuse(within(place, name), `is not used here; remove it, or use one of ${known.join(', ')}`);
    }
  }
}

export function objectAt(value: JsonObject, name: string, place: Place): JsonObject {
  const found = value[name];
  return isObject(found) ? found : refuse(within(place, name), 'must be an object');
}

/** A list of objects with at least one in it. */
export function objectsAt(value: JsonObject, name: string, place: Place): JsonObject[] {
  const found = value[name];
  if (Array.isArray(found) && found.length > 0 && found.every(isObject)) return found;
  return refuse(within(place, name), 'must be a list of objects that is not empty');
}

export function textAt(value: JsonObject, name: string, place: Place): string {
  const found = value[name];
  return typeof found === 'string' ? found : refuse(within(place, name), 'must be a text');
}

/** A number that is there, or the one for its absence. */
export function numberAt(
  value: JsonObject,
  name: string,
  place: Place,
  { least, whole = false, absent }: { least: number; whole?: boolean; absent: number },
): number {
  const found: Json | undefined = value[name];
  if (found === undefined) return absent;
  if (
    typeof found === 'number' &&
    found >= least &&
    (whole ? Number.isInteger(found) : Number.isFinite(found))
  )
    return found;
  return refuse(within(place, name), `must be a ${whole ? 'whole ' : ''}number from ${least}`);
}

/** The longest time that a timer of Node holds, in seconds: 2^31 - 1 ms. A longer one would be over at once. */
export const LONGEST_SECONDS = 2_147_483;

/** A time in whole seconds, or the one for its absence. */
export function secondsAt(value: JsonObject, name: string, place: Place, absent: number): number {
  const found = numberAt(value, name, place, { least: 1, whole: true, absent });
  if (found <= LONGEST_SECONDS) return found;
  return refuse(within(place, name), `must be at most ${LONGEST_SECONDS}: no timer is longer here`);
}
