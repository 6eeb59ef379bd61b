/**
 * Which ways through a definition were taken, as the resolver reports its runs: every state entered, every rule and
 * Default of every Choice, every error that a retrier or a catcher names.
 */
import { Machine } from '../../adapters/embedded/asl/machine.ts';
import type { Watch } from '../../adapters/embedded/asl/watch.ts';
import { nameOf } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { isObject, objects, type State, states, texts } from './asl-walk.ts';

/** Every way there is, by name. */
export const waysThrough = (definition: object): string[] => states(definition as JsonObject).flatMap(waysOf);

function waysOf({ name, fields }: State): string[] {
  const numbered = (field: string) => objects(fields[field]).map((one, index) => ({ one, index }));
  return [
    name,
    ...numbered('Choices').map(({ one, index }) => `${name} rule ${index + 1} → ${one['Next']}`),
    ...('Default' in fields ? [`${name} default → ${fields['Default']}`] : []),
    ...numbered('Retry').flatMap(({ one }) =>
      texts(one['ErrorEquals']).map((error) => `${name} retries ${error}`),
    ),
    ...numbered('Catch').flatMap(({ one }) =>
      texts(one['ErrorEquals']).map((error) => `${name} catches ${error} → ${one['Next']}`),
    ),
  ];
}

export class Coverage {
  readonly #states: State[];
  readonly #ways: string[];
  readonly #taken = new Set<string>();

  constructor(definition: object) {
    this.#states = states(definition as JsonObject);
    this.#ways = waysThrough(definition);
  }

  /** Looks on at every run in this process; they must all be of this definition. Returns how to stop. */
  watch(): () => void {
    const original = Machine.prototype.run;
    const looking = this.#looking();
    Machine.prototype.run = function run(this: Machine, input) {
      return original.call(this, input, looking);
    };
    return () => {
      Machine.prototype.run = original;
    };
  }

  /** The ways that no run has taken. */
  missing(): string[] {
    return this.#ways.filter((way) => !this.#taken.has(way));
  }

  #looking(): Watch {
    const take = (way: string) => void this.#taken.add(way);
    return {
      entered: (name, input) => {
        take(name);
        const state = this.#states.find((one) => one.name === name);
        if (state?.type === 'Choice') take(decision(state, input));
      },
      retried: (name, errors, error) => take(`${name} retries ${matching(errors, nameOf(error))}`),
      caught: (name, errors, error, next) =>
        take(`${name} catches ${matching(errors, nameOf(error))} → ${next}`),
    };
  }
}

/** Which of the names matched: the error's own, or the one that stands for all but time-outs, or for all. */
function matching(names: readonly string[], error: string): string {
  const fitting = [error, ...(error === 'States.Timeout' ? [] : ['States.TaskFailed']), 'States.ALL'];
  return fitting.find((name) => names.includes(name)) ?? error;
}

/** The way that a Choice takes for its input. */
function decision({ name, fields }: State, input: Json): string {
  const rules = objects(fields['Choices']);
  const index = rules.findIndex((rule) => holds(rule, input));
  return index < 0
    ? `${name} default → ${fields['Default']}`
    : `${name} rule ${index + 1} → ${rules[index]?.['Next']}`;
}

/** The comparisons that the lint allows. */
function holds(rule: JsonObject, input: Json): boolean {
  const [and, or] = [rule['And'], rule['Or']];
  if (and) return objects(and).every((one) => holds(one, input));
  if (or) return objects(or).some((one) => holds(one, input));
  if (isObject(rule['Not'])) return !holds(rule['Not'], input);
  const value = at(input, String(rule['Variable']));
  return Object.entries(rule).every(([operator, operand]) => compare(operator, value, operand, input));
}

function compare(operator: string, value: Json | undefined, operand: Json, input: Json): boolean {
  switch (operator) {
    case 'Variable':
    case 'Next':
    case 'Comment':
      return true;
    case 'StringEquals':
    case 'NumericEquals':
      return value === operand;
    case 'NumericLessThan':
      return Number(value) < Number(operand);
    case 'NumericLessThanEquals':
      return Number(value) <= Number(operand);
    case 'NumericGreaterThan':
      return Number(value) > Number(operand);
    case 'NumericGreaterThanEquals':
      return Number(value) >= Number(operand);
    case 'IsPresent':
      return (value !== undefined) === operand;
    default:
      if (operator.endsWith('EqualsPath')) return value === at(input, String(operand));
      throw new Error(`coverage does not know the comparison ${operator}`);
  }
}

const at = (input: Json, path: string): Json | undefined =>
  path
    .split('.')
    .slice(1)
    .reduce<Json | undefined>((here, name) => (isObject(here) ? here[name] : undefined), input);
