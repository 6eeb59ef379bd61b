/** What stands in a field that ends with `.$`: a path, or one of three functions. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { runtimeFailure } from './failure.ts';
import type { Read } from './paths.ts';
import { isObject, type Place, refuse } from './refusal.ts';
import { splitArguments } from './split.ts';

/** Prepares a path; what paths are allowed depends on the field. */
export type PathReader = (path: string, place: Place) => Read;

export function readExpression(text: string, place: Place, path: PathReader): Read {
  if (text.startsWith('$')) return path(text, place);
  const call = /^(States\.\w+)\((.*)\)$/s.exec(text);
  const known = call?.[1] === undefined ? undefined : functions[call[1]];
  if (!known) {
    return refuse(place, `${text} must be a path or one of ${Object.keys(functions).join(', ')}`);
  }
  const args = splitArguments(call?.[2] ?? '', place).map((arg) => readArgument(arg, place, path));
  return known(args, place);
}

interface Argument {
  read: Read;
  /** Where it does not depend on the input. */
  literal?: Json;
}

function readArgument(text: string, place: Place, path: PathReader): Argument {
  if (text.startsWith("'")) return constant(unquoted(text, place));
  if (text.startsWith('$') || text.startsWith('States.')) return { read: readExpression(text, place, path) };
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return constant(JSON.parse(text) as Json);
  return refuse(
    place,
    `the argument ${text} must be a path, a text in quotes, a number, true, false or null`,
  );
}

const constant = (literal: Json): Argument => ({ read: () => literal, literal });

function unquoted(text: string, place: Place): string {
  if (text.includes('\\')) refuse(place, `${text}: runtimes differ in what a backslash means; do without`);
  if (!/^'[^']*'$/.test(text)) refuse(place, `${text} must be a text in single quotes`);
  return text.slice(1, -1);
}

const functions: { [name: string]: (args: Argument[], place: Place) => Read } = {
  'States.Array':
    (args) =>
    (...from) =>
      args.map(({ read }) => read(...from)),

  'States.JsonMerge': (args, place) => {
    const [one, other, deep] = args;
    if (!one || !other || args.length !== 3 || deep?.literal !== false) {
      return refuse(place, 'States.JsonMerge takes two objects and false');
    }
    return (...from) => ({ ...merged(one.read(...from)), ...merged(other.read(...from)) });
  },

  'States.Format': (args, place) => {
    const [template, ...values] = args;
    if (typeof template?.literal !== 'string') {
      return refuse(place, 'States.Format takes a text in quotes first');
    }
    const between = template.literal.split('{}');
    if (between.length !== args.length || /[{}]/.test(between.join(''))) {
      return refuse(place, 'States.Format takes as many values as there are {} in its text');
    }
    if (values.some(({ literal }) => literal !== undefined && typeof literal !== 'string')) {
      return refuse(place, 'States.Format takes texts only: runtimes write numbers differently');
    }
    return (...from) =>
      between.reduce((text, next, index) => `${text}${filled(values[index - 1]?.read(...from))}${next}`);
  },
};

const merged = (value: Json): JsonObject =>
  isObject(value) ? value : runtimeFailure('States.JsonMerge was given something else than an object');

const filled = (value: Json | undefined): string =>
  typeof value === 'string' ? value : runtimeFailure('States.Format was given something else than a text');
