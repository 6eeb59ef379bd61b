/**
 * Random definitions inside of the subset, with inputs and actions for them. States lead forward only, so every one ends.
 *
 * What they leave out, because the library does not do there what the States Language says; `asl-language.test.ts` holds our
 * own resolver to the language:
 * - a numeric order of something that is no number, an equal instant of something that is none (it compares them anyway);
 * - a backslash (it takes all of them out of what a function gives), a value other than a text in States.Format;
 * - States.JsonMerge beside other fields, or in a Task (it changes its first argument in place);
 * - a bracket in the quotes of a function (it counts it);
 * - a field called `length` (it finds that of texts and lists);
 * - an action that throws something else than an error (it fails while it handles it).
 */
import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../core/types.ts';

const texts = ['$.now', '$.flow.name', '$.event.type', '$.step.outcome'];
const numbers = ['$.flow.version', '$.step.n'];
const instants = ['$.at', '$.step.at'];
/** Some lead nowhere, some into what is no object. */
const open = [
  '$.a',
  '$.b',
  '$.a.x',
  '$.step.data.x',
  '$.step.data.y.z',
  '$.step.list.x',
  '$.now.x',
  '$.none',
  '$.error.Error',
];
const always = [
  ...texts,
  ...numbers,
  ...instants,
  '$',
  '$.flow',
  '$.event',
  '$.step',
  '$.step.data',
  '$.step.list',
  '$.yes',
  '$.nil',
];

const oneOf = (list: readonly string[]) => fc.constantFrom(...list);
/** Mostly there, or few executions would come far. */
const path = fc.oneof({ weight: 9, arbitrary: oneOf(always) }, { weight: 1, arbitrary: oneOf(open) });
const word = fc.constantFrom('x', 'y', '', 'Go', 'Stop', 'é€😀');
const number = fc.constantFrom(-1.5, 0, 1, 2, 3, 1e21);
const instant = fc.constantFrom(
  '2026-11-01T00:00:00Z',
  '2026-11-01T01:00:00.000+01:00',
  '2026-11-02T00:00:00Z',
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(word, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z', 'constructor'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const comparison = fc.oneof(
  fc.record({ Variable: path, StringEquals: word }),
  fc.record({ Variable: path, NumericEquals: number }),
  ...['NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals'].map(
    (operator) => fc.record({ Variable: oneOf(numbers), [operator]: number }),
  ),
  fc.record({ Variable: path, StringEqualsPath: oneOf(texts) }),
  fc.record({ Variable: path, NumericEqualsPath: oneOf([...numbers, '$.now']) }),
  fc.record({ Variable: path, BooleanEqualsPath: fc.constantFrom('$.yes', '$.nil') }),
  fc.record({ Variable: oneOf(instants), TimestampEqualsPath: oneOf(instants) }),
  ...['IsString', 'IsNumeric', 'IsBoolean', 'IsNull'].map((operator) =>
    fc.record({ Variable: path, [operator]: fc.constant(true) }),
  ),
  fc.record({ Variable: oneOf([...texts, ...numbers, ...instants]), IsTimestamp: fc.constant(true) }),
  fc.record({ Variable: oneOf([...always, ...open]), IsPresent: fc.constant(true) }),
) as fc.Arbitrary<JsonObject>;

const rule = fc.letrec<{ rule: JsonObject }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    comparison,
    fc.record({ And: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ Or: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ Not: tie('rule') }),
  ),
})).rule;

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

const stepped = fc.record({
  data: fc.dictionary(fc.constantFrom('x', 'y'), json),
  n: number,
  outcome: word,
  list: fc.array(json, { maxLength: 2 }),
  at: instant,
});

export const inputs = fc.record({
  flow: fc.record({ name: word, id: word, state: word, version: number }),
  event: fc.record({
    id: word,
    type: word,
    payload: fc.dictionary(fc.constantFrom('x', 'y'), json),
    at: instant,
  }),
  ...{ now: instant, at: instant, yes: fc.boolean(), nil: fc.constant(null), step: stepped },
}) as unknown as fc.Arbitrary<JsonObject>;

const named = fc
  .constantFrom('Error', 'States.Timeout', 'States.TaskFailed', 'Custom.Error')
  .map((name) => Object.assign(new Error('down'), { name }));

/** What the calls of an execution come to, in their order: what JSON changes is among it. */
export const answers = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ gives: stepped }) },
    {
      weight: 1,
      arbitrary: fc.record({
        gives: stepped.map((one) => ({
          ...one,
          none: undefined,
          when: new Date(0),
          n: -0,
          list: [undefined, Number.NaN],
        })),
      }),
    },
    { weight: 2, arbitrary: fc.record({ throws: named }) },
  ),
  { minLength: 1, maxLength: 8 },
);
