/** A small definition inside of the subset, and parts of it replaced. */
import type { Definition } from '../../core/definition.ts';
import type { DefinitionInput, Json, JsonObject } from '../../core/types.ts';

const step = {
  ...{ 'data.$': '$.Payload.data', 'effects.$': '$.Payload.effects', 'facts.$': '$.Payload.facts' },
  ...{ 'writes.$': '$.Payload.writes', 'reply.$': '$.Payload.reply', 'outcome.$': '$.Payload.outcome' },
};

const retrier = {
  IntervalSeconds: 2,
  BackoffRate: 3,
  MaxAttempts: 3,
  MaxDelaySeconds: 10,
  JitterStrategy: 'FULL',
};

export const sample: JsonObject = {
  StartAt: 'Route',
  States: {
    Route: {
      Type: 'Choice',
      Choices: [
        {
          And: [
            { Variable: '$.flow.state', StringEquals: 'New' },
            { Not: { Variable: '$.flow.version', NumericGreaterThan: 99 } },
          ],
          Next: 'Work',
        },
      ],
      Default: 'Refused',
    },
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'Work',
        Payload: { 'flow.$': '$.flow', 'event.$': '$.event', 'now.$': '$.now', 'step.$': '$.step' },
      },
      ResultSelector: step,
      ResultPath: '$.step',
      TimeoutSeconds: 5,
      Retry: [{ ErrorEquals: ['States.Timeout', 'States.TaskFailed'], ...retrier }],
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Late' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Unavailable' },
      ],
      Next: 'Label',
    },
    Label: { Type: 'Pass', Parameters: { 'name.$': '$.flow.name' }, ResultPath: '$.label', Next: 'Waiting' },
    Waiting: {
      Type: 'Pass',
      Parameters: { state: 'Waiting', 'step.$': '$.step', deadlineSeconds: 60 },
      End: true,
    },
    Refused: { Type: 'Pass', Parameters: { rejected: { reason: 'NotAllowed' } }, End: true },
    Late: { Type: 'Pass', Parameters: { unavailable: { reason: 'Late' } }, End: true },
    Unavailable: { Type: 'Pass', Parameters: { unavailable: { 'reason.$': '$.error.Cause' } }, End: true },
  },
};

/** @param put by place (`States/Work/Next`), what is there instead; undefined: nothing. */
export function changed(put: { [place: string]: Json | undefined }): Definition {
  const definition = JSON.parse(JSON.stringify(sample)) as JsonObject;
  for (const [place, value] of Object.entries(put)) {
    const names = place.split('/');
    const last = names.pop() ?? '';
    const parent = names.reduce<JsonObject>((here, name) => here[name] as JsonObject, definition);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return definition as unknown as Definition;
}

export const sampleInput = (): DefinitionInput => ({
  flow: { name: 'sample', id: 'one', state: 'New', version: 0 },
  event: { id: 'event', type: 'Started', payload: { list: [{ deep: 1 }] }, at: '2026-11-01T00:00:00.000Z' },
  now: '2026-11-01T00:00:00.000Z',
  step: { data: { kept: { list: [1] } }, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
});

/** An object of one text that has this many bytes as JSON, made of this sign. */
export const weighing = (bytes: number, sign: string) => ({
  text: sign.repeat((bytes - 11) / Buffer.byteLength(JSON.stringify(sign).slice(1, -1))),
});
