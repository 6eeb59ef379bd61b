/** What is outside of the subset is refused before anything runs, with its place and what to do. */
import { expect, test } from '@jest/globals';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { type DetentError, isDetentError } from '../../core/errors.ts';
import type { Json } from '../../core/types.ts';
import { changed } from './asl-sample.ts';

const W = 'States/Work';
const L = 'States/Label';
const first = 'States/Route/Choices/0';
const parameter = (text: Json) => ({ [`${L}/Parameters/name.$`]: text });
const rule = (one: Json) => ({ [`${first}/And/0`]: one });

/** Which state and field the message must name, and the spoiled part. */
const refused: [string, string, { [place: string]: Json | undefined }][] = [
  ['', 'StartAt', { StartAt: 'Nowhere' }],
  ['', 'TimeoutSeconds', { TimeoutSeconds: 5 }],
  ['', 'QueryLanguage', { QueryLanguage: 'JSONata' }],
  ['Label', 'Type', { [L]: { Type: 'Wait', Seconds: 1, Next: 'Waiting' } }],
  ['Label', 'Type', { [L]: { Type: 'Fail' } }],
  ['Label', 'QueryLanguage', { [`${L}/QueryLanguage`]: 'JSONata' }],
  ['Label', 'Next', { [`${L}/Next`]: 'Nowhere' }],
  ['Label', 'Next', { [`${L}/Next`]: 'constructor' }],
  ['Label', 'Next', { [`${L}/Next`]: undefined }],
  ['Label', 'End', { [`${L}/End`]: false }],
  ['Label', 'InputPath', { [`${L}/InputPath`]: '$.step' }],
  ['Label', 'OutputPath', { [`${L}/OutputPath`]: '$.step' }],
  ['Label', 'Result', { [`${L}/Result`]: { a: 1 } }],
  ['Label', 'Parameters', { [`${L}/Parameters`]: undefined }],
  ['Label', 'Parameters', { [`${L}/Parameters`]: {} }],
  ['Label', 'ResultPath', { [`${L}/ResultPath`]: undefined }],
  ['Label', 'ResultPath', { [`${L}/ResultPath`]: '$' }],
  ['Label', 'ResultPath', { [`${L}/ResultPath`]: null }],
  ['Label', 'ResultPath', { [`${L}/ResultPath`]: '$.step.label' }],
  ['Waiting', 'ResultPath', { 'States/Waiting/ResultPath': '$.done' }],
  ['Waiting', 'Next', { 'States/Waiting/Next': 'Label' }],
  ['Label', 'Parameters.name.$', parameter('$.a[0]')],
  ['Label', 'Parameters.name.$', parameter('$..a')],
  ['Label', 'Parameters.name.$', parameter('$.a.*')],
  ['Label', 'Parameters.name.$', parameter("$['a']")],
  ['Label', 'Parameters.name.$', parameter('name')],
  ['Label', 'Parameters.name.$', parameter(5)],
  ['Label', 'Parameters.name.$', parameter('$$.Execution.Id')],
  ['Label', 'Parameters.name.$', parameter('$$.Execution.StartTime')],
  ['Label', 'Parameters.name.$', parameter('$$.State.Name')],
  ['Label', 'Parameters.name.$', parameter('States.UUID()')],
  ['Label', 'Parameters.name.$', parameter('States.Array(States.UUID())')],
  ['Label', 'Parameters.name.$', parameter("States.Array('a)")],
  ['Label', 'Parameters.name.$', parameter("States.Array('a\\\\')")],
  ['Label', 'Parameters.name.$', parameter('States.Array(1,)')],
  ['Label', 'Parameters.name.$', parameter('States.JsonMerge($.flow, $.step, true)')],
  ['Label', 'Parameters.name.$', parameter('States.JsonMerge($.flow, $.step)')],
  ['Label', 'Parameters.name.$', parameter("States.Format('{}')")],
  ['Label', 'Parameters.name.$', parameter("States.Format('{}', 1)")],
  ['Label', 'Parameters.name.$', parameter('States.Format($.now)')],
  ['Label', 'Parameters.name', { [`${L}/Parameters/name`]: 'twice' }],
  ['Route', 'Choices', { 'States/Route/Choices': [] }],
  ['Route', 'Default', { 'States/Route/Default': undefined }],
  ['Route', 'Next', { [`${first}/Next`]: 'Nowhere' }],
  ['Route', 'Choices.0.Next', { [`${first}/Next`]: undefined }],
  ['Route', 'Choices.0.And', { [`${first}/And`]: [] }],
  ['Route', 'Choices.0', { [`${first}/Not`]: {} }],
  ['Route', 'Choices.0.And.0.StringMatches', rule({ Variable: '$.now', StringMatches: '*' })],
  ['Route', 'Choices.0.And.0.BooleanEquals', rule({ Variable: '$.now', BooleanEquals: true })],
  ['Route', 'Choices.0.And.0.StringLessThanPath', rule({ Variable: '$.now', StringLessThanPath: '$.now' })],
  ['Route', 'Choices.0.And.0.IsNull', rule({ Variable: '$.now', IsNull: false })],
  ['Route', 'Choices.0.And.0.StringEquals', rule({ Variable: '$.now', StringEquals: 1 })],
  ['Route', 'Choices.0.And.0.NumericEquals', rule({ Variable: '$.now', NumericEquals: '1' })],
  ['Route', 'Choices.0.And.0.Variable', rule({ Variable: '$$.Execution.Id', StringEquals: '' })],
  ['Route', 'Choices.0.And.0.Variable', rule({ StringEquals: '' })],
  ['Route', 'Choices.0.And.0', rule({ Variable: '$.now', IsNull: true, IsString: true })],
  ['Route', 'Choices.0.And.0', rule({ Variable: '$.now' })],
  ['Route', 'Choices.0.And.0', rule({ Variable: '$.now', IsNull: true, Next: 'Work' })],
  ['Work', 'Resource', { [`${W}/Resource`]: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }],
  ['Work', 'HeartbeatSeconds', { [`${W}/HeartbeatSeconds`]: 5 }],
  ['Work', 'TimeoutSecondsPath', { [`${W}/TimeoutSecondsPath`]: '$.now' }],
  ['Work', 'TimeoutSeconds', { [`${W}/TimeoutSeconds`]: 0 }],
  ['Work', 'TimeoutSeconds', { [`${W}/TimeoutSeconds`]: 2_147_484 }],
  ['Work', 'End', { [`${W}/End`]: true }],
  ['Work', 'Parameters.FunctionName', { [`${W}/Parameters/FunctionName`]: undefined }],
  ['Work', 'Parameters.Payload', { [`${W}/Parameters/Payload`]: 'text' }],
  ['Work', 'Parameters.Qualifier', { [`${W}/Parameters/Qualifier`]: '1' }],
  ['Work', 'ResultSelector', { [`${W}/ResultSelector`]: undefined }],
  ['Work', 'ResultSelector.data.$', { [`${W}/ResultSelector/data.$`]: '$.StatusCode' }],
  ['Work', 'ResultSelector.data.$', { [`${W}/ResultSelector/data.$`]: '$$.Execution.Input' }],
  ['Work', 'ResultPath', { [`${W}/ResultPath`]: undefined }],
  ['Work', 'Retry', { [`${W}/Retry/1`]: { ErrorEquals: ['States.ALL'] } }],
  ['Work', 'Retry.0.ErrorEquals', { [`${W}/Retry/0/ErrorEquals`]: ['Custom.Error'] }],
  ['Work', 'Retry.0.MaxAttempts', { [`${W}/Retry/0/MaxAttempts`]: -1 }],
  ['Work', 'Retry.0.IntervalSeconds', { [`${W}/Retry/0/IntervalSeconds`]: 2_147_484 }],
  ['Work', 'Retry.0.MaxDelaySeconds', { [`${W}/Retry/0/MaxDelaySeconds`]: 2_147_484 }],
  ['Work', 'Retry.0.JitterStrategy', { [`${W}/Retry/0/JitterStrategy`]: 'HALF' }],
  ['Work', 'Catch.0.ErrorEquals', { [`${W}/Catch/0/ErrorEquals`]: [] }],
  ['Work', 'Catch.0.ResultPath', { [`${W}/Catch/0/ResultPath`]: undefined }],
  ['Work', 'Next', { [`${W}/Catch/0/Next`]: 'Nowhere' }],
];

const create = (put: { [place: string]: Json | undefined }) =>
  createAslResolver({ shop: changed(put) }, () => Promise.reject(new Error('nothing is called')));

function refusal(put: { [place: string]: Json | undefined }): DetentError | undefined {
  try {
    create(put);
  } catch (error) {
    if (isDetentError(error, 'misconfigured')) return error;
    throw error;
  }
  return undefined;
}

test('the sample itself is not', () => {
  expect(refusal({})).toBeUndefined();
  const longest = { [`${W}/TimeoutSeconds`]: 2_147_483, [`${W}/Retry/0/IntervalSeconds`]: 2_147_483 };
  expect(refusal(longest)).toBeUndefined();
  expect(refusal({ QueryLanguage: 'JSONPath', [`${L}/QueryLanguage`]: 'JSONPath' })).toBeUndefined();
});

test.each(refused)('state "%s", field %s: %j', (state, field, put) => {
  const place = ['the definition of shop', state && `state ${state}`, `field ${field}`]
    .filter(Boolean)
    .join(', ');
  const message = refusal(put)?.message ?? '';
  expect(message.startsWith(`${place}: `)).toBe(true);
  expect(message.length).toBeGreaterThan(place.length + 10);
});
