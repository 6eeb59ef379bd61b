/** What a rule of a Choice may compare. A value of another type than the operator's compares as false. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { runtimeFailure } from './failure.ts';
import { type Context, follow, namesOf, type Read, readPath } from './paths.ts';
import { type Place, refuse, within } from './refusal.ts';

export type Test = (input: Json, context: Context) => boolean;

/** RFC 3339 with capital T and Z, as the States Language has it. */
const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const isString = (value: Json) => typeof value === 'string';
const isNumber = (value: Json) => typeof value === 'number';
const isBoolean = (value: Json) => typeof value === 'boolean';
const isTimestamp = (value: Json) => typeof value === 'string' && TIMESTAMP.test(value);

const types: { [operator: string]: (value: Json) => boolean } = {
  IsString: isString,
  IsNumeric: isNumber,
  IsBoolean: isBoolean,
  IsTimestamp: isTimestamp,
  IsNull: (value) => value === null,
};

const numeric: { [operator: string]: (value: number, than: number) => boolean } = {
  NumericEquals: (value, than) => value === than,
  NumericLessThan: (value, than) => value < than,
  NumericLessThanEquals: (value, than) => value <= than,
  NumericGreaterThan: (value, than) => value > than,
  NumericGreaterThanEquals: (value, than) => value >= than,
};

const isSame = (value: Json, other: Json) => value === other;
const isSameInstant = (value: Json, other: Json) =>
  isTimestamp(value) && Date.parse(value as string) === Date.parse(other as string);

const withPath: { [operator: string]: [(value: Json) => boolean, (value: Json, other: Json) => boolean] } = {
  StringEqualsPath: [isString, isSame],
  NumericEqualsPath: [isNumber, isSame],
  BooleanEqualsPath: [isBoolean, isSame],
  TimestampEqualsPath: [isTimestamp, isSameInstant],
};

export const operators = [
  'StringEquals',
  'IsPresent',
  ...[types, numeric, withPath].flatMap((all) => Object.keys(all)),
];

/** One comparison of the value at a path. */
export function prepareComparison(rule: JsonObject, operator: string, place: Place): Test {
  const at = within(place, 'Variable');
  const variable = rule['Variable'];
  if (typeof variable !== 'string') return refuse(at, 'must be a path');
  const here = within(place, operator);
  const operand = rule[operator] as Json;
  if (operator.startsWith('Is') && operand !== true) refuse(here, 'must be true; write Not around it');
  if (operator === 'IsPresent') {
    const names = namesOf(variable, at);
    return (input) => follow(input, names) !== undefined;
  }
  const read = readPath(variable, at);
  const type = types[operator];
  if (type) return (input, context) => type(read(input, context));
  if (operator.endsWith('Path')) return comparedWithPath(read, operator, operand, here);
  if (operator === 'StringEquals') {
    if (typeof operand !== 'string') refuse(here, 'must be a text');
    return (input, context) => read(input, context) === operand;
  }
  const compare = numeric[operator];
  if (!compare || typeof operand !== 'number') return refuse(here, 'must be a number');
  return (input, context) => {
    const value = read(input, context);
    return typeof value === 'number' && compare(value, operand);
  };
}

function comparedWithPath(read: Read, operator: string, operand: Json, here: Place): Test {
  const [fits, compare] = withPath[operator] ?? refuse(here, 'is not among the comparisons in use');
  if (typeof operand !== 'string') return refuse(here, 'must be a path');
  const other = readPath(operand, here);
  return (input, context) => {
    const value = read(input, context);
    const than = other(input, context);
    return fits(than)
      ? compare(value, than)
      : runtimeFailure(`what is at ${operand} has not the type of ${operator}`);
  };
}
