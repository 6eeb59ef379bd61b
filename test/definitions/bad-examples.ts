/** A small sound definition, and ways to spoil it: each is caught by one rule only. Undone, the definition is clean again. */
import type { Json, JsonObject } from '../../core/types.ts';

const row = (state: string, event: string, next: string) => ({
  And: [
    { Variable: '$.flow.state', StringEquals: state },
    { Variable: '$.event.type', StringEquals: event },
  ],
  Next: next,
});

const step = {
  'data.$': '$.Payload.data',
  'effects.$': '$.Payload.effects',
  'facts.$': '$.Payload.facts',
  'writes.$': '$.Payload.writes',
  'reply.$': '$.Payload.reply',
  'outcome.$': '$.Payload.outcome',
};

const last = (output: JsonObject) => ({ Type: 'Pass', Parameters: output, End: true });

export const sound: JsonObject = {
  StartAt: 'Route',
  States: {
    Route: {
      Type: 'Choice',
      Choices: [
        row('New', 'Started', 'Work'),
        row('Waiting', 'Early', 'Later'),
        row('Waiting', 'DeadlinePassed', 'Done'),
      ],
      Default: 'NotAllowed',
    },
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'Work', Payload: { 'flow.$': '$.flow', 'step.$': '$.step' } },
      ResultSelector: step,
      ResultPath: '$.step',
      TimeoutSeconds: 10,
      Retry: [
        { ErrorEquals: ['States.Timeout', 'States.TaskFailed'], BackoffRate: 2, JitterStrategy: 'FULL' },
      ],
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Unavailable' },
        { ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Unavailable' },
      ],
      Next: 'Outcome',
    },
    Outcome: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.step.outcome', StringEquals: 'Worked', Next: 'Label' },
        {
          And: [
            { Variable: '$.flow.version', NumericLessThan: 9 },
            { Not: { Variable: '$.step.outcome', StringEquals: 'Failed' } },
          ],
          Next: 'Waiting',
        },
      ],
      Default: 'Done',
    },
    Label: {
      Type: 'Pass',
      Parameters: {
        'name.$': "States.Format('{}, {}', $.flow.name, 'x')",
        'list.$': 'States.Array($.now, 1)',
        'execution.$': '$$.Execution.Id',
      },
      ResultPath: '$.label',
      Next: 'Waiting',
    },
    Waiting: last({ state: 'Waiting', 'step.$': '$.step', deadlineSeconds: 60 }),
    Done: last({ state: 'Done', 'step.$': '$.step', final: true }),
    Later: last({ deferred: true }),
    NotAllowed: last({ rejected: { reason: 'NotAllowed' } }),
    Unavailable: last({ unavailable: { reason: 'ActionFailed' } }),
  },
};

export interface BadExample {
  rule: string;
  what: string;
  /** Places, as paths with slashes, and what to put there; undefined takes away what is there. */
  put: { [place: string]: Json | undefined };
}

const bad = (rule: string, what: string, put: BadExample['put']): BadExample => ({ rule, what, put });

/** Route, Work, Outcome, Label, Waiting, Done: places in the sound definition. */
const [R, W, O, L] = ['States/Route', 'States/Work', 'States/Outcome', 'States/Label'];
const [first, payload] = [`${O}/Choices/0`, `${W}/Parameters/Payload`];
const retrier = { ErrorEquals: ['States.TaskFailed'], BackoffRate: 2, JitterStrategy: 'FULL' };
const caught = (...errors: string[]) => ({ ErrorEquals: errors, ResultPath: '$.error', Next: 'Unavailable' });

export const badExamples: BadExample[] = [
  bad('task-resource', 'another service', { [`${W}/Resource`]: 'arn:aws:states:::sqs:sendMessage' }),
  bad('task-resource', 'the function itself', {
    [`${W}/Resource`]: 'arn:aws:lambda:eu-west-1:1:function:work',
  }),
  bad('task-express', 'a task token', {
    [`${W}/Resource`]: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  }),
  bad('task-express', 'a job', { [`${W}/Resource`]: 'arn:aws:states:::states:startExecution.sync:2' }),
  bad('task-payload', 'the input as it is', { [payload]: undefined, [`${payload}.$`]: '$.step' }),
  bad('task-payload', 'text', { [payload]: 'hello' }),
  bad('task-selector', 'more than the payload', { [`${W}/ResultSelector/status.$`]: '$.StatusCode' }),
  bad('task-timeout', 'no time-out', { [`${W}/TimeoutSeconds`]: undefined }),
  bad('error-names', 'retry on an own error', { [`${W}/Retry/0/ErrorEquals/2`]: 'QuotaUsedUp' }),
  bad('error-names', 'catch of a runtime', { [`${W}/Catch/1/ErrorEquals/1`]: 'Lambda.ServiceException' }),
  bad('one-retrier', 'two', { [`${W}/Retry/1`]: retrier }),
  bad('one-retrier', 'none', { [`${W}/Retry`]: undefined }),
  bad('retry-backoff', 'no jitter', { [`${W}/Retry/0/JitterStrategy`]: undefined }),
  bad('retry-backoff', 'no backoff', { [`${W}/Retry/0/BackoffRate`]: 1 }),
  bad('catch-all', 'none', { [`${W}/Catch`]: undefined }),
  bad('catch-all', 'a time-out ends the execution', { [`${W}/Catch`]: [caught('States.TaskFailed')] }),
  bad('catch-order', 'TaskFailed first', {
    [`${W}/Catch`]: [caught('States.TaskFailed'), caught('States.Timeout')],
  }),
  bad('catch-order', 'ALL first', { [`${W}/Catch`]: [caught('States.ALL'), caught('States.TaskFailed')] }),
  bad('catch-order', 'ALL in company', { [`${W}/Catch`]: [caught('States.TaskFailed', 'States.ALL')] }),
  bad('no-fail', 'Fail', { 'States/NotAllowed': { Type: 'Fail', Error: 'NotAllowed' } }),
  bad('no-fail', 'ErrorPath', { [`${L}/ErrorPath`]: '$.now' }),
  bad('no-fail', 'CausePath', { [`${L}/CausePath`]: '$.now' }),
  bad('no-fail', 'TimeoutSecondsPath', {
    [`${W}/TimeoutSeconds`]: undefined,
    [`${W}/TimeoutSecondsPath`]: '$.flow.version',
  }),
  bad('json-path-only', 'the whole definition', { QueryLanguage: 'JSONata' }),
  bad('json-path-only', 'one state', { [`${L}/QueryLanguage`]: 'JSONata' }),

  bad('choice-default', 'none', { [`${O}/Default`]: undefined }),
  bad('choice-operators', 'BooleanEquals', {
    [first]: { Variable: '$.now', BooleanEquals: true, Next: 'Label' },
  }),
  bad('choice-operators', 'StringMatches', {
    [first]: { Variable: '$.now', StringMatches: '2*', Next: 'Label' },
  }),
  bad('choice-operators', 'inside Not', {
    [`${O}/Choices/1/And/1/Not`]: { Variable: '$.now', TimestampLessThan: '2026-11-24T12:00:00Z' },
  }),
  bad('choice-is-false', 'IsPresent: false', {
    [first]: { Variable: '$.error', IsPresent: false, Next: 'Label' },
  }),
  bad('choice-is-false', 'IsNull: false', { [first]: { Variable: '$.now', IsNull: false, Next: 'Label' } }),
  bad('choice-paths', 'less than a path', {
    [first]: { Variable: '$.now', StringLessThanPath: '$.event.at', Next: 'Label' },
  }),
  bad('choice-presence', 'of a field of the payload', {
    [first]: { Variable: '$.event.payload.value', IsPresent: true, Next: 'Label' },
  }),
  bad('choice-types', 'a number as text', {
    [first]: { Variable: '$.flow.version', StringEquals: '1', Next: 'Label' },
  }),
  bad('choice-types', 'text as a number', {
    [first]: { Variable: '$.now', NumericEquals: 1, Next: 'Label' },
  }),
  bad('choice-types', 'two paths', {
    [first]: { Variable: '$.now', StringEqualsPath: '$.flow.version', Next: 'Label' },
  }),

  bad('path-syntax', 'brackets', { [`${L}/Parameters/name.$`]: "$['now']" }),
  bad('path-syntax', 'a wildcard', { [`${payload}/step.$`]: '$.step.*' }),
  bad('path-syntax', 'a slice', { [`${L}/Parameters/list.$`]: '$.step.facts[0:1]' }),
  bad('path-syntax', 'a filter', { [`${L}/Parameters/list.$`]: '$.step.facts[?(@.type)]' }),
  bad('path-syntax', 'in a Choice', { [`${first}/Variable`]: '$.step.facts[0]' }),
  bad('path-present', 'a field of the payload', { [`${payload}/value.$`]: '$.event.payload.value' }),
  bad('path-present', 'the error of another way', { [`${L}/Parameters/error.$`]: '$.error' }),
  bad('path-present', 'a pause of another name', {
    'States/Waiting/Parameters/deadlineSeconds.$': '$.step.data.pause',
  }),
  bad('path-present', 'a pause where none is', { [`${L}/Parameters/name.$`]: '$.step.data.waitSeconds' }),
  bad('path-present', 'in an intrinsic', { [`${L}/Parameters/list.$`]: 'States.Array($.missing)' }),
  bad('path-present', 'in a Choice', { [`${first}/Variable`]: '$.step.result' }),
  bad('path-present', 'of what a Task gives', { [`${W}/ResultSelector/data.$`]: '$.Payload.datum' }),
  bad('path-present', 'dropped by a ResultSelector', { [`${W}/ResultSelector/outcome.$`]: undefined }),
  bad('result-path', 'all of it', { [`${L}/ResultPath`]: '$' }),
  bad('result-path', 'left out', { [`${L}/ResultPath`]: undefined }),
  bad('result-path', 'brackets', { [`${L}/ResultPath`]: "$['label']" }),
  bad('result-path', 'deeper', { [`${L}/ResultPath`]: '$.step.label' }),
  bad('result-path', 'left out in a Catch', { [`${W}/Catch/0/ResultPath`]: undefined }),
  bad('result-path', 'in the last Pass', { 'States/Done/ResultPath': '$.done' }),
  bad('pass-parameters', 'Result', { [`${L}/Parameters`]: undefined, [`${L}/Result`]: false }),
  bad('pass-parameters', 'none', { [`${L}/Parameters`]: undefined }),
  bad('parameters-empty', 'in a Pass', { [`${L}/Parameters`]: {} }),
  bad('intrinsics', 'a hash', { [`${L}/Parameters/name.$`]: "States.Hash($.now, 'SHA-256')" }),
  bad('intrinsics', 'inside another', { [`${L}/Parameters/list.$`]: 'States.Array(States.UUID())' }),
  bad('format-strings', 'a number in the input', {
    [`${L}/Parameters/name.$`]: "States.Format('{}', $.flow.version)",
  }),
  bad('format-strings', 'a literal number', { [`${L}/Parameters/name.$`]: "States.Format('{}', 1)" }),
  bad('format-strings', 'a list', {
    [`${L}/Parameters/name.$`]: "States.Format('{}', States.Array('a, b'))",
  }),
  bad('context-object', 'of the state', { [`${L}/Parameters/name.$`]: '$$.State.EnteredTime' }),
  bad('context-object', 'in a Choice', { [`${first}/Variable`]: '$$.Execution.Id' }),
  bad('context-object', 'in a ResultSelector', { [`${W}/ResultSelector/id.$`]: '$$.Execution.Id' }),

  bad('route', 'another start', { StartAt: 'Work' }),
  bad('route', 'only a state', {
    [`${R}/Choices/0`]: { Variable: '$.flow.state', StringEquals: 'New', Next: 'Work' },
  }),
  bad('route', 'three conditions', {
    [`${R}/Choices/0/And/2`]: { Variable: '$.flow.name', StringEquals: 'sample' },
  }),
  bad('route', 'the same row twice', { [`${R}/Choices/3`]: row('Waiting', 'Early', 'Done') }),
  bad('route-states', 'a state that is none', { [`${R}/Choices/3`]: row('Wating', 'Early', 'Later') }),
  bad('state-types', 'Wait', { [L]: { Type: 'Wait', Seconds: 1, Next: 'Waiting' } }),
  bad('state-types', 'Parallel', {
    [L]: { Type: 'Parallel', Branches: [], ResultPath: '$.x', Next: 'Waiting' },
  }),
  bad('state-fields', 'InputPath', { [`${L}/InputPath`]: '$.step' }),
  bad('state-fields', 'HeartbeatSeconds', { [`${W}/HeartbeatSeconds`]: 5 }),
  bad('ends-in-pass', 'Succeed', { 'States/NotAllowed': { Type: 'Succeed' } }),
  bad('ends-in-pass', 'a Task', {
    [`${W}/Next`]: undefined,
    [`${W}/End`]: true,
    [`${W}/Catch/0/Next`]: 'Outcome',
  }),
  bad('output', 'nothing known', { 'States/NotAllowed/Parameters': { refused: { reason: 'NotAllowed' } } }),
  bad('output', 'no reason', { 'States/Unavailable/Parameters/unavailable': {} }),
  bad('output', 'a transition without its step', { 'States/Done/Parameters/step.$': undefined }),
  bad('output', 'deferred, but not quite', { 'States/Later/Parameters/deferred': false }),
  bad('output', 'two at once', { 'States/Later/Parameters/unavailable': { reason: 'x' } }),
  bad('stable-state', 'the name of another', { 'States/Done/Parameters/state': 'Finished' }),
  bad('stable-state', 'a name from the input', {
    'States/Done/Parameters/state': undefined,
    'States/Done/Parameters/state.$': '$.flow.state',
  }),
  bad('deadline', 'neither final nor with a deadline', { 'States/Done/Parameters/final': undefined }),
  bad('deadline', 'both', { 'States/Done/Parameters/deadlineSeconds': 60 }),
  bad('deadline', 'one that nothing follows', { [`${R}/Choices/2`]: undefined }),
];

/** The sound definition with an example's faults in it. */
export function spoiled({ put }: BadExample): JsonObject {
  const definition: JsonObject = structuredClone(sound);
  for (const [place, value] of Object.entries(put)) {
    const names = place.split('/');
    const name = names.pop() ?? '';
    const parent = names.reduce<JsonObject>((here, one) => here[one] as JsonObject, definition);
    if (value !== undefined) parent[name] = value;
    else if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete parent[name];
  }
  return definition;
}
