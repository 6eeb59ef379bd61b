/** Payload templates: prepared into functions that make the new objects, and share everything below them. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { type PathReader, readExpression } from './expressions.ts';
import type { Context, Read } from './paths.ts';
import { isObject, type Place, refuse, within } from './refusal.ts';

/** A template: an object with at least one field. Those whose names end with `.$` hold expressions. */
export function prepareTemplate(template: JsonObject, place: Place, path: PathReader): Read {
  if (Object.keys(template).length === 0) refuse(place, 'must not be empty');
  return prepare(template, place, path);
}

function prepare(template: Json, place: Place, path: PathReader): Read {
  if (isFixed(template)) {
    const fixed = frozen(template);
    return () => fixed;
  }
  if (Array.isArray(template)) {
    const items = template.map((item, index) => prepare(item, within(place, index), path));
    return (input, context) => items.map((read) => read(input, context));
  }
  return prepareObject(template as JsonObject, place, path);
}

function prepareObject(template: JsonObject, place: Place, path: PathReader): Read {
  const names: string[] = [];
  const reads: Read[] = [];
  for (const [field, value] of Object.entries(template)) {
    const name = field.endsWith('.$') ? field.slice(0, -2) : field;
    const here = within(place, field);
    if (name.includes('.$') || name === '__proto__')
      refuse(here, 'cannot be the name of a field; choose another');
    if (names.includes(name)) refuse(here, `there are two fields called ${name}; remove one`);
    names.push(name);
    reads.push(field === name ? prepare(value, here, path) : prepareExpression(value, here, path));
  }
  return (input: Json, context: Context) => {
    const made: JsonObject = {};
    for (let index = 0; index < names.length; index++) {
      made[names[index] as string] = (reads[index] as Read)(input, context);
    }
    return made;
  };
}

function prepareExpression(value: Json, place: Place, path: PathReader): Read {
  return typeof value === 'string'
    ? readExpression(value, place, path)
    : refuse(place, 'must be a text that holds a path or a function');
}

/** Whether the same comes out of it each time. */
function isFixed(template: Json): boolean {
  if (Array.isArray(template)) return template.every(isFixed);
  if (!isObject(template)) return true;
  return Object.entries(template).every(
    ([field, value]) => !field.includes('.$') && field !== '__proto__' && isFixed(value),
  );
}

/** It goes into every execution: whoever changed it would change them all. */
function frozen(value: Json): Json {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen)) as Json[];
  if (!isObject(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, one]) => [name, frozen(one)])));
}
