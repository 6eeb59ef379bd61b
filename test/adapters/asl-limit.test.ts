/** Where something is larger than Step Functions takes, the execution ends: no Retry and no Catch takes that. */
import { expect, test } from '@jest/globals';
import { MAX_PAYLOAD_BYTES } from '../../adapters/embedded/asl/wire.ts';
import { createAslResolver, type Invoke } from '../../adapters/embedded/asl-resolver.ts';
import type { Json, Step } from '../../core/types.ts';
import { changed, sampleInput, weighing } from './asl-sample.ts';

const failed = {
  code: 'resolver-failed',
  message: 'the execution of sample failed: States.DataLimitExceeded',
};
const giving = (given: (step: Step) => Step) => {
  const calls = { count: 0 };
  const invoke: Invoke = async (_, { step }) => {
    calls.count++;
    return given({ ...step, outcome: 'Worked' });
  };
  return { calls, invoke };
};

test('ends the execution whose input is over it, before any call', async () => {
  const { calls, invoke } = giving((step) => step);
  const input = sampleInput();
  input.event.payload = weighing(MAX_PAYLOAD_BYTES, 'x');
  const resolver = createAslResolver({ sample: changed({}) }, invoke, { retryPauseMs: 0 });
  await expect(resolver.resolve('sample', input)).rejects.toMatchObject(failed);
  expect(calls.count).toBe(0);
});

test.each([['States.ALL'], ['States.TaskFailed']])(
  'ends it where an input of an action or its result is over it: %s takes neither',
  async (name) => {
    const taken = {
      'States/Work/Retry/0/ErrorEquals': [name],
      'States/Work/Catch': [{ ErrorEquals: [name], ResultPath: '$.error', Next: 'Unavailable' }],
    };
    const result = giving((step) => ({ ...step, data: weighing(MAX_PAYLOAD_BYTES + 1, 'x') }));
    const input = giving((step) => step);
    const twice = { 'one.$': '$.event.payload', 'other.$': '$.event.payload' };
    for (const [{ calls, invoke }, put, expected] of [
      [result, {}, 1],
      [input, { 'States/Work/Parameters/Payload': twice }, 0],
    ] as const) {
      const resolver = createAslResolver({ sample: changed({ ...taken, ...put }) }, invoke, {
        retryPauseMs: 0,
      });
      const given = sampleInput();
      given.event.payload = weighing(MAX_PAYLOAD_BYTES / 2, 'x');
      await expect(resolver.resolve('sample', given)).rejects.toMatchObject(failed);
      expect(calls.count).toBe(expected);
    }
  },
);

const half = { kept: weighing(140_000, 'x') };
test.each<[string, { [place: string]: Json }]>([
  ['a Task', { 'States/Work/ResultPath': '$.other' }],
  ['a Pass', { 'States/Label/Parameters': { 'one.$': '$.step', 'other.$': '$.step' } }],
  ['the last Pass', { 'States/Waiting/Parameters': { 'one.$': '$.step', 'other.$': '$.step' } }],
])('holds for what %s puts together', async (_, put) => {
  const { calls, invoke } = giving((step) => ({ ...step, data: half }));
  const input = sampleInput();
  if ('States/Work/ResultPath' in put) input.step.data = half;
  const resolver = createAslResolver({ sample: changed(put) }, invoke, { retryPauseMs: 0 });
  await expect(resolver.resolve('sample', input)).rejects.toMatchObject(failed);
  expect(calls.count).toBe(1);
});
