import { DetentError } from './errors.ts';
import type { DefinitionOutput, JsonObject } from './types.ts';

/** A definition in the States Language (JSONPath), with its substitutions filled in. */
export interface Definition {
  Comment?: string;
  StartAt: string;
  States: { [name: string]: DefinitionState };
}

export interface DefinitionState {
  Type: string;
  Next?: string;
  End?: boolean;
  Choices?: ChoiceRule[];
  Default?: string;
  Parameters?: JsonObject;
  [field: string]: unknown;
}

export interface ChoiceRule {
  And?: ChoiceRule[];
  Variable?: string;
  StringEquals?: string;
  Next?: string;
  [field: string]: unknown;
}

/** The state of an instance that does not exist yet. */
export const NEW = 'New';

/** One row of the first state, `Route`: what an event does in a state begins there. */
export interface Row {
  state: string;
  event: string;
  next: string;
}

const rowsOf = new WeakMap<Definition, Row[]>();

/** The rows of a definition's `Route`, in its order. Read once per definition. */
export function rows(definition: Definition): Row[] {
  const known = rowsOf.get(definition);
  if (known) return known;
  const found = (definition.States[definition.StartAt]?.Choices ?? []).flatMap((choice) => {
    const equal = (variable: string) => choice.And?.find((rule) => rule.Variable === variable)?.StringEquals;
    const state = equal('$.flow.state');
    const event = equal('$.event.type');
    return state && event && choice.Next ? [{ state, event, next: choice.Next }] : [];
  });
  rowsOf.set(definition, found);
  return found;
}

/** Whether the definition has a row for this event in this state: applied or deferred, but not refused outright. */
export function accepts(definition: Definition, state: string, event: string): boolean {
  return rows(definition).some((row) => row.state === state && row.event === event);
}

/**
 * Replaces every string that is `${Name}` as a whole. A number stays a number.
 *
 * @throws DetentError `invalid-definition-output` where a name has no value.
 */
export function substitute(definition: unknown, values: { [name: string]: string | number }): Definition {
  return JSON.parse(JSON.stringify(definition), (_key, value) => {
    const name = typeof value === 'string' ? /^\$\{(\w+)\}$/.exec(value)?.[1] : undefined;
    if (name === undefined) return value;
    const replacement = values[name];
    if (replacement === undefined) {
      throw new DetentError(
        'invalid-definition-output',
        `the definition's substitution ${name} has no value`,
      );
    }
    return replacement;
  });
}

/** @throws DetentError `invalid-definition-output`, without quoting the value: it may hold a reply. */
export function parseOutput(flow: string, value: unknown): DefinitionOutput {
  if (isObject(value)) {
    if (value['deferred'] === true) return { deferred: true };
    if (isObject(value['rejected']) && typeof value['rejected']['reason'] === 'string')
      return value as DefinitionOutput;
    if (isObject(value['unavailable']) && typeof value['unavailable']['reason'] === 'string') {
      return value as DefinitionOutput;
    }
    if (typeof value['state'] === 'string' && isStep(value['step']) && isPause(value['deadlineSeconds'])) {
      return value as DefinitionOutput;
    }
  }
  throw new DetentError(
    'invalid-definition-output',
    `the definition of ${flow} must end in a transition, deferred, rejected or unavailable`,
  );
}

/** A deadline is a positive number of seconds, where there is one. */
const isPause = (seconds: unknown): boolean =>
  seconds === undefined || (typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0);

function isStep(step: unknown): boolean {
  return (
    isObject(step) &&
    isObject(step['data']) &&
    isObject(step['reply']) &&
    ['effects', 'facts', 'writes'].every((list) => Array.isArray(step[list]))
  );
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
