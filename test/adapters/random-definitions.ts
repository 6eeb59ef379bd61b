/**
 * Random definitions inside of the subset, for the inputs and answers of `random-values.ts`. States lead forward only, so every one ends.
 *
 * What they leave out, because the library does not do there what the States Language says; `asl-language.test.ts` holds our
 * own resolver to the language:
 * - a numeric order of something that is no number, an equal instant of something that is none (it compares them anyway);
 * - a backslash (it takes all of them out of what a function gives), a value other than a text in States.Format;
 * - States.JsonMerge beside other fields, or in a Task (it changes its first argument in place);
 * - a bracket in the quotes of a function (it counts it);
 * - a field called `length` (it finds that of texts and lists);
 * - a payload or an output over the limit (it takes it for a failed action, or takes it);
 * - an action that throws something else than an error (it fails while it handles it).
 */
import * as fc from 'fast-check';
import type { JsonObject } from '../../core/types.ts';
import { rule } from './random-rules.ts';
import { json, oneOf, path, texts } from './random-values.ts';

/** Where an expression stands: the paths that it may read, and those of texts among them. */
interface Scope {
  paths: fc.Arbitrary<string>;
  texts: readonly string[];
}

const format = ({ texts }: Scope) =>
  fc
    .array(oneOf([...texts, "'a, b'", "States.Format('c')"]), { maxLength: 3 })
    .map((values) => `States.Format(${[`'${'<{}>'.repeat(values.length)}é, '`, ...values].join(', ')})`);
const expression = (scope: Scope) => {
  const literal = fc.constantFrom("'x'", '1', '-2.5', 'true', 'null', "States.Array('y')");
  const list = fc
    .array(fc.oneof(scope.paths, format(scope), literal), { maxLength: 3 })
    .map((values) => `States.Array(${values.join(',')})`);
  return fc.oneof(
    { weight: 4, arbitrary: scope.paths },
    { weight: 1, arbitrary: format(scope) },
    { weight: 1, arbitrary: list },
  );
};

const template = (scope: Scope) =>
  fc.letrec<{ template: JsonObject }>((tie) => ({
    template: fc
      .uniqueArray(
        fc.oneof(
          { depthSize: 'small' },
          fc.tuple(fc.constantFrom('x.$', 'y.$', 'z.$'), expression(scope)),
          fc.tuple(
            fc.constantFrom('x', 'y', 'z'),
            fc.oneof(json, fc.array(fc.oneof(json, tie('template')), { maxLength: 2 })),
          ),
          fc.tuple(fc.constantFrom('x', 'y', 'z'), tie('template')),
        ),
        { minLength: 1, maxLength: 3, selector: ([name]) => name.slice(0, 1) },
      )
      .map((fields) => Object.fromEntries(fields) as JsonObject),
  })).template;

const merge = fc
  .tuple(
    fc.constantFrom('$.step', '$.flow', '$.event.payload'),
    fc.constantFrom('$.step.data', '$.flow', '$.now'),
  )
  .map(([one, other]): JsonObject => ({ 'x.$': `States.JsonMerge(${one}, ${other}, false)` }));

const context = fc.constantFrom('$$.Execution.Input', '$$.Execution.Input.step.n');
const input = template({
  paths: fc.oneof({ weight: 9, arbitrary: path }, { weight: 1, arbitrary: context }),
  texts,
});
const parameters = fc.oneof({ weight: 8, arbitrary: input }, { weight: 1, arbitrary: merge });

const ERRORS = ['States.Timeout', 'States.TaskFailed', 'States.ALL'];
const errors = fc.uniqueArray(fc.constantFrom(...ERRORS), { minLength: 1 });
const resultPath = fc.constantFrom('$.a', '$.b', '$.error', '$.step');
const payloads = [
  '$.Payload',
  '$.Payload.data',
  '$.Payload.n',
  '$.Payload.outcome',
  '$.Payload.list',
  '$.Payload.at',
];

/** Keeps what the other states count on: whatever is at `$.step` has its fields. */
const step = {
  'data.$': '$.Payload.data',
  'n.$': '$.Payload.n',
  'outcome.$': '$.Payload.outcome',
  'list.$': '$.Payload.list',
  'at.$': '$.Payload.at',
};

const stateAt = (index: number, count: number): fc.Arbitrary<JsonObject> => {
  const next = fc.integer({ min: index + 1, max: count }).map((to) => `S${to}`);
  const choice = fc.record({
    Type: fc.constant('Choice'),
    Choices: fc.array(
      fc.tuple(rule, next).map(([one, Next]) => ({ ...one, Next })),
      { minLength: 1, maxLength: 4 },
    ),
    Default: next,
  });
  const pass = fc.record({
    Type: fc.constant('Pass'),
    Parameters: parameters,
    ResultPath: fc.constantFrom('$.a', '$.b'),
    Next: next,
  });
  const retry = fc.record(
    {
      ErrorEquals: errors,
      MaxAttempts: fc.nat(3),
      IntervalSeconds: fc.constant(1),
      BackoffRate: fc.constant(1.5),
      MaxDelaySeconds: fc.constant(2),
      JitterStrategy: fc.constantFrom('FULL', 'NONE'),
    },
    { requiredKeys: ['ErrorEquals'] },
  );
  const catcher = fc.record({
    ErrorEquals: errors,
    ResultPath: fc.constantFrom('$.a', '$.error'),
    Next: next,
  });
  const task = fc
    .record(
      {
        Type: fc.constant('Task'),
        Resource: fc.constant('arn:aws:states:::lambda:invoke'),
        Parameters: fc.record({ FunctionName: fc.constant(`Act${index}`), Payload: input }),
        chosen: fc.oneof(
          fc.constant({ ResultSelector: step, ResultPath: '$.step' }),
          fc.record({
            ResultSelector: template({
              paths: oneOf(payloads),
              texts: ['$.Payload.outcome', '$.Payload.at'],
            }),
            ResultPath: resultPath.filter((one) => one !== '$.step'),
          }),
        ),
        TimeoutSeconds: fc.constant(5),
        Retry: fc.array(retry, { minLength: 1, maxLength: 1 }),
        Catch: fc.array(catcher, { minLength: 1, maxLength: 3 }),
        Next: next,
      },
      { requiredKeys: ['Type', 'Resource', 'Parameters', 'chosen', 'Next'] },
    )
    .map(({ chosen, ...fields }) => ({ ...fields, ...chosen }));
  return fc.oneof(choice, pass, task) as unknown as fc.Arbitrary<JsonObject>;
};

/** Some states, then a last Pass that shows all there is. */
export const definitions: fc.Arbitrary<JsonObject> = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, index) => stateAt(index, count))).map((states) => ({
    StartAt: 'S0',
    States: {
      ...Object.fromEntries(states.map((state, index) => [`S${index}`, state])),
      [`S${count}`]: { Type: 'Pass', Parameters: { 'all.$': '$' }, End: true },
    },
  })),
);
