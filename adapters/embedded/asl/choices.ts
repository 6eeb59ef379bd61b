/** Choice: the first rule that holds says what comes next. */
import type { Json, JsonObject } from '../../../core/types.ts';
import { operators, prepareComparison, type Test } from './comparisons.ts';
import type { Context } from './paths.ts';
import { isObject, objectsAt, onlyFields, type Place, refuse, textAt, within } from './refusal.ts';

/** @returns the name of the next state. */
export type Decide = (input: Json, context: Context) => string;

export function prepareChoice(fields: JsonObject, place: Place): Decide {
  onlyFields(fields, ['Type', 'Choices', 'Default'], place);
  const choices = objectsAt(fields, 'Choices', place).map((rule, index) => {
    const here = within(within(place, 'Choices'), index);
    const { Next: _, ...condition } = rule;
    return { test: prepareRule(condition, here), next: textAt(rule, 'Next', here) };
  });
  const otherwise = textAt(fields, 'Default', place);
  return (input, context) => {
    for (const { test, next } of choices) if (test(input, context)) return next;
    return otherwise;
  };
}

function prepareRule(rule: JsonObject, place: Place): Test {
  const [operator, ...more] = Object.keys(rule).filter(
    (field) => field !== 'Variable' && field !== 'Comment',
  );
  if (operator === undefined || more.length > 0)
    return refuse(place, 'a rule has one operator, and Next where it is the outermost');
  if (operator === 'And' || operator === 'Or' || operator === 'Not') {
    onlyFields(rule, [operator], place);
    return prepareCombination(operator, rule, place);
  }
  if (!operators.includes(operator)) {
    return refuse(within(place, operator), `is not among the comparisons in use: ${operators.join(', ')}`);
  }
  return prepareComparison(rule, operator, place);
}

function prepareCombination(operator: 'And' | 'Or' | 'Not', rule: JsonObject, place: Place): Test {
  const here = within(place, operator);
  if (operator === 'Not') {
    const inner = rule['Not'];
    if (!isObject(inner)) return refuse(here, 'must be a rule');
    const test = prepareRule(inner, here);
    return (input, context) => !test(input, context);
  }
  const tests = objectsAt(rule, operator, place).map((one, index) => prepareRule(one, within(here, index)));
  // And ends at the first that does not hold, Or at the first that does.
  const ending = operator === 'Or';
  return (input, context) => {
    for (const test of tests) if (test(input, context) === ending) return ending;
    return !ending;
  };
}
