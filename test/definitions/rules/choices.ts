/** Choice: the comparisons that every runtime answers alike. */
import { inputsOf, isForeign, type Shape, shapeAt } from '../asl-shape.ts';
import { comparisons, each, operators, when } from '../asl-walk.ts';

const allowed =
  /^(StringEquals|Numeric(Equals|(Less|Greater)Than(Equals)?)|(String|Numeric|Boolean|Timestamp)EqualsPath|Is[A-Z]\w+)$/;

/** The type of value that an operator compares, for the operators in use. */
const typeOf = (operator: string): Shape | undefined =>
  operator.startsWith('String') ? 'string' : operator.startsWith('Numeric') ? 'number' : undefined;

export const choiceRules = {
  'choice-default': each('Choice', ({ fields }) =>
    when(typeof fields['Default'] !== 'string', 'a Choice needs a Default'),
  ),

  'choice-operators': each('Choice', (state) =>
    comparisons(state)
      .flatMap(operators)
      .filter(([operator]) => !allowed.test(operator) && !operator.endsWith('Path'))
      .map(([operator]) => `${operator} is not among the comparisons in use`),
  ),

  'choice-is-false': each('Choice', (state) =>
    comparisons(state)
      .flatMap(operators)
      .filter(([operator, operand]) => /^Is[A-Z]/.test(operator) && operand !== true)
      .map(([operator]) => `${operator} must be true: write Not around it`),
  ),

  'choice-paths': each('Choice', (state) =>
    comparisons(state)
      .flatMap(operators)
      .filter(([operator]) => operator.endsWith('Path') && !allowed.test(operator))
      .map(([operator]) => `${operator}: of comparisons with a path only equals is sound`),
  ),

  'choice-presence': each('Choice', (state, definition) => {
    const input = inputsOf(definition).get(state.name) ?? {};
    return comparisons(state)
      .filter((rule) => 'IsPresent' in rule && isForeign(input, String(rule['Variable'])))
      .map((rule) => `IsPresent on ${rule['Variable']}, which may be null`);
  }),

  'choice-types': each('Choice', (state, definition) => {
    const input = inputsOf(definition).get(state.name) ?? {};
    return comparisons(state).flatMap((rule) =>
      operators(rule).flatMap(([operator, operand]) => {
        const wanted = typeOf(operator);
        if (!wanted || !allowed.test(operator)) return [];
        const right = operator.endsWith('Path') ? shapeAt(input, String(operand)) : typeof operand;
        const types = [shapeAt(input, String(rule['Variable'])), right];
        return when(
          types.some((type) => type !== undefined && type !== wanted),
          `${operator} compares ${rule['Variable']} with something of another type`,
        );
      }),
    );
  }),
};
