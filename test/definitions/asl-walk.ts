/** Reading a definition: its states, its Choice rules, and every expression that its templates hold. */
import type { Json, JsonObject } from '../../core/types.ts';

export interface Report {
  state: string;
  message: string;
}

/** One rule: what it finds wrong in a definition. */
export type Rule = (definition: JsonObject) => Report[];

/** Where findings about the definition as a whole belong. */
export const TOP = '(top)';

export interface State {
  name: string;
  type: string;
  fields: JsonObject;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

export function states(definition: JsonObject, type?: string): State[] {
  const all = isObject(definition['States']) ? definition['States'] : {};
  return Object.entries(all).flatMap(([name, fields]) =>
    isObject(fields) && (type === undefined || fields['Type'] === type)
      ? [{ name, type: String(fields['Type']), fields }]
      : [],
  );
}

/** A rule that looks at one state after the other. */
export const each =
  (type: string | undefined, check: (state: State, definition: JsonObject) => string[]): Rule =>
  (definition) =>
    states(definition, type).flatMap((state) =>
      check(state, definition).map((message) => ({ state: state.name, message })),
    );

/** The message where something is wrong, else nothing. */
export const when = (wrong: boolean, message: string): string[] => (wrong ? [message] : []);

/** Every rule of a Choice, the rules inside And, Or and Not included. */
export function comparisons({ fields }: State): JsonObject[] {
  const inside = (rule: JsonObject): JsonObject[] => [
    rule,
    ...[...objects(rule['And']), ...objects(rule['Or']), ...objects(rule['Not'] && [rule['Not']])].flatMap(
      inside,
    ),
  ];
  return objects(fields['Choices']).flatMap(inside);
}

const notOperators = new Set(['Variable', 'Next', 'Comment', 'And', 'Or', 'Not']);

/** What a Choice rule compares with: operators and operands. */
export const operators = (rule: JsonObject): [string, Json][] =>
  Object.entries(rule).filter(([name]) => !notOperators.has(name));

/** What stands in a field that ends with `.$`. */
export type Expression = { path: string } | { literal: Json } | { call: string; args: Expression[] };

export function parseExpression(text: string): Expression {
  const source = text.trim();
  if (source.startsWith('$')) return { path: source };
  const call = /^(States\.\w+)\((.*)\)$/s.exec(source);
  if (!call) return { literal: literal(source) };
  return { call: call[1] ?? '', args: splitArguments(call[2] ?? '').map(parseExpression) };
}

function literal(source: string): Json {
  const quoted = /^'(.*)'$/s.exec(source);
  if (quoted) return quoted[1] ?? '';
  return source !== '' && !Number.isNaN(Number(source)) ? Number(source) : source === 'true';
}

/** At commas that are neither in quotes nor in brackets. */
function splitArguments(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of text.matchAll(/'(?:\\.|[^'\\])*'|./gs)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return text.trim() === '' ? [] : parts;
}

/** An expression and all that it is made of. */
export const parts = (expression: Expression): Expression[] =>
  'call' in expression ? [expression, ...expression.args.flatMap(parts)] : [expression];

/** Every expression of a template, at any depth. */
export function expressions(template: Json | undefined): Expression[] {
  if (Array.isArray(template)) return template.flatMap(expressions);
  if (!isObject(template)) return [];
  return Object.entries(template).flatMap(([field, value]) =>
    field.endsWith('.$') && typeof value === 'string' ? [parseExpression(value)] : expressions(value),
  );
}

export interface Read {
  field: 'Parameters' | 'ResultSelector' | 'Choices';
  path: string;
  /** Whether it is only asked if something is there. */
  presence: boolean;
}

/** Every path that a state reads. */
export function reads(state: State): Read[] {
  const templates = (['Parameters', 'ResultSelector'] as const).flatMap((field) =>
    expressions(state.fields[field])
      .flatMap(parts)
      .flatMap((part) => ('path' in part ? [{ field, path: part.path, presence: false }] : [])),
  );
  const choices = comparisons(state).flatMap((rule) => {
    const presence = 'IsPresent' in rule;
    const operands = operators(rule).filter(([name]) => name.endsWith('Path'));
    return [rule['Variable'], ...operands.map(([, operand]) => operand)].flatMap((path) =>
      typeof path === 'string' ? [{ field: 'Choices' as const, path, presence }] : [],
    );
  });
  return [...templates, ...choices];
}
