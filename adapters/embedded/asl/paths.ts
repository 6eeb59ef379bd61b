/** Reference paths, `$.a.b`: read once into names, then followed without any parsing. */
import type { Json } from '../../../core/types.ts';
import { runtimeFailure } from './failure.ts';
import { type Place, refuse } from './refusal.ts';

/** What `$$` reads. */
export interface Context {
  /** Of the execution. */
  input: Json;
}

/** Computes something from the input of a state. Must not change it. */
export type Read<T = Json> = (input: Json, context: Context) => T;

const PLAIN = /^\$(\.[A-Za-z_]\w*)*$/;
const RESULT = /^\$\.([A-Za-z_]\w*)$/;
const INPUT = '$$.Execution.Input';

/** The names of a plain path; refuses any other. */
export function namesOf(path: string, place: Place): string[] {
  if (!PLAIN.test(path)) refuse(place, `${path} must be a path of plain names, as $.a.b`);
  return path.split('.').slice(1);
}

/** What is at the end of the names, or undefined. Fields of objects only: no entries of lists, nothing inherited. */
export function follow(input: Json | undefined, names: readonly string[]): Json | undefined {
  let here = input;
  for (let index = 0; index < names.length; index++) {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) return undefined;
    const name = names[index] as string;
    if (!Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** A path that must be there: reading ends the execution with `States.Runtime` where it is not. */
export function readPath(path: string, place: Place): Read {
  const names = namesOf(path, place);
  return (input) => follow(input, names) ?? present(follow(input, names), path);
}

/** The same where the context may be read too: of it the embedded runtime has the input of the execution. */
export function readPathOrContext(path: string, place: Place): Read {
  if (!path.startsWith('$$')) return readPath(path, place);
  if (path !== INPUT && !path.startsWith(`${INPUT}.`)) {
    refuse(place, `${path} is not known here; of $$ there is ${INPUT}`);
  }
  const inside = readPath(`$${path.slice(INPUT.length)}`, place);
  return (_, context) => inside(context.input, context);
}

function present(value: Json | undefined, path: string): Json {
  return value === undefined ? runtimeFailure(`nothing is at ${path}`) : value;
}

/** Where a result goes: the input with one field of its own replaced. */
export function placeResult(path: Json | undefined, place: Place): (input: Json, result: Json) => Json {
  const name = typeof path === 'string' ? RESULT.exec(path)?.[1] : undefined;
  if (name === undefined) return refuse(place, 'must be there, and of the form $.name');
  return (input, result) => ({ ...(input as { [field: string]: Json }), [name]: result });
}
