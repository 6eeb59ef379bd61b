/** Where the library is no measure, our own resolver is held to the States Language itself. */
import { describe, expect, jest, test } from '@jest/globals';
import { createAslResolver, type Invoke } from '../../adapters/embedded/asl-resolver.ts';
import { isDetentError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { createLibraryResolver } from '../support/asl-library.ts';
import { givenUp } from '../support/given-up.ts';
import { changed, sampleInput } from './asl-sample.ts';

const first = 'States/Route/Choices/0';
const gives: Invoke = async (_, { step }) => ({ ...step, outcome: 'Worked' });

async function routed(rule: JsonObject): Promise<string> {
  const { And: _, ...condition } = rule;
  const definition = changed({ [first]: { ...condition, Next: 'Late' } });
  const output = await createAslResolver({ sample: definition }, gives).resolve('sample', sampleInput());
  return JSON.stringify(output).includes('Late') ? 'holds' : 'does not hold';
}

test.each<[JsonObject, string]>([
  [{ Variable: '$.event.type', NumericLessThan: 9 }, 'does not hold'],
  [{ Variable: '$.event.type', NumericGreaterThanEquals: 0 }, 'does not hold'],
  [{ Variable: '$.event.payload', NumericLessThanEquals: 0 }, 'does not hold'],
  [{ Variable: '$.flow.version', TimestampEqualsPath: '$.now' }, 'does not hold'],
  [{ Variable: '$.event.at', TimestampEqualsPath: '$.now' }, 'holds'],
  [{ Variable: '$.now.length', IsPresent: true }, 'does not hold'],
  [{ Variable: '$.step.effects.length', IsPresent: true }, 'does not hold'],
  [{ Variable: '$.flow.constructor', IsPresent: true }, 'does not hold'],
  [{ Variable: '$.now', IsTimestamp: true }, 'holds'],
  [{ Variable: '$.event.type', IsTimestamp: true }, 'does not hold'],
])('%j %s', async (rule, expected) => {
  expect(await routed(rule)).toBe(expected);
});

async function made(text: string, data: JsonObject = {}): Promise<Json | undefined> {
  const definition = changed({
    'States/Label/Parameters': { 'made.$': text, 'flow.$': '$.flow' },
    'States/Waiting/Parameters': { state: 'Waiting', 'step.$': '$.label' },
  });
  const input = { ...sampleInput(), extra: data };
  const output = await createAslResolver({ sample: definition }, gives).resolve('sample', input);
  const { made, flow } = (output as unknown as { step: JsonObject }).step;
  expect(flow).toEqual(input.flow);
  return made;
}

test('functions', async () => {
  const data = { text: 'a\\b{}', number: 1, object: { name: 'other' } };
  expect(await made("States.Format('<{}|{}>', $.extra.text, 'x')", data)).toBe('<a\\b{}|x>');
  expect(await made("States.Array('(', $.extra.number)", data)).toEqual(['(', 1]);
  expect(await made('States.JsonMerge($.flow, $.extra.object, false)', data)).toEqual({
    ...sampleInput().flow,
    name: 'other',
  });
  const failed = { code: 'resolver-failed', message: 'the execution of sample failed: States.Runtime' };
  await expect(made("States.Format('{}', $.extra.number)", data)).rejects.toMatchObject(failed);
  await expect(made('States.JsonMerge($.flow, $.extra.text, false)', data)).rejects.toMatchObject(failed);
  expect(await made('$$.Execution.Input.flow.name')).toBe('sample');
});

test('a definition that goes in circles ends', async () => {
  const definition = changed({
    'States/Waiting': { ...(changed({}).States['Label'] as Json as JsonObject), Next: 'Label' },
  });
  const end = createAslResolver({ sample: definition }, gives).resolve('sample', sampleInput());
  await expect(end).rejects.toMatchObject({ message: 'the execution of sample failed: States.Runtime' });
});

test('an action that throws no error is a failed action', async () => {
  for (const thrown of ['text', null, undefined, 5, { toString: null }]) {
    let calls = 0;
    const throwing: Invoke = () => {
      calls++;
      throw thrown;
    };
    const resolver = createAslResolver({ sample: changed({}) }, throwing, { retryPauseMs: 0 });
    expect(await resolver.resolve('sample', sampleInput())).toHaveProperty('unavailable');
    expect(calls).toBe(4);
  }
});

test('an error that nothing takes leaves with its name alone', async () => {
  const definition = changed({ 'States/Work/Catch': undefined, 'States/Work/Retry': undefined });
  const failing: Invoke = async () => Promise.reject(new TypeError('the password is hunter2'));
  const error = await createAslResolver({ sample: definition }, failing)
    .resolve('sample', sampleInput())
    .catch((one: unknown) => one);
  expect(isDetentError(error, 'resolver-failed')).toBe(true);
  expect(error).toMatchObject({ message: 'the execution of sample failed: TypeError' });
  expect((error as Error).cause).toBeUndefined();
});

describe('time', () => {
  const makers = { own: createAslResolver, library: createLibraryResolver };
  const sides = Object.entries(makers);

  test.each(sides)(
    '%s: an action that hangs is given up after its time, and tried again',
    async (_, create) => {
      for (const hangs of [0, 1, 4]) {
        const at: number[] = [];
        const hanging: Invoke = async (name, task) => {
          at.push(Date.now());
          return at.length > hangs ? gives(name, task) : new Promise<never>(() => {});
        };
        const resolver = create({ sample: changed({}) }, hanging, { retryPauseMs: 0 });
        const output = await givenUp(() => resolver.resolve('sample', sampleInput()));
        expect(output).toMatchObject(
          hangs === 4 ? { unavailable: { reason: 'Late' } } : { state: 'Waiting' },
        );
        const begun = at[0] ?? 0;
        expect(at.map((one) => one - begun)).toEqual(at.map((_, n) => n * 5_000));
      }
    },
  );

  test.each(sides)('%s: a time-out is no failed task, to Retry and to Catch', async (_, create) => {
    const definition = changed({
      'States/Work/Retry/0/ErrorEquals': ['States.TaskFailed'],
      'States/Work/Catch': [
        { ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Unavailable' },
        { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Late' },
      ],
    });
    let calls = 0;
    const hanging: Invoke = () => {
      calls++;
      return new Promise<never>(() => {});
    };
    const resolver = create({ sample: definition }, hanging, { retryPauseMs: 0 });
    const output = await givenUp(() => resolver.resolve('sample', sampleInput()));
    expect(output).toEqual({ unavailable: { reason: 'Late' } });
    expect(calls).toBe(1);
  });

  test('an action that comes in time leaves no timer behind; one that comes too late changes nothing', async () => {
    jest.useFakeTimers();
    try {
      const resolver = createAslResolver({ sample: changed({}) }, gives);
      await resolver.resolve('sample', sampleInput());
      expect(jest.getTimerCount()).toBe(0);
      const late: Invoke = async (name, task) => {
        await new Promise((done) => setTimeout(done, 5_001));
        return gives(name, task);
      };
      const definition = changed({ 'States/Work/Retry': undefined });
      const output = createAslResolver({ sample: definition }, late).resolve('sample', sampleInput());
      await jest.advanceTimersByTimeAsync(10_000);
      expect(await output).toEqual({ unavailable: { reason: 'Late' } });
    } finally {
      jest.useRealTimers();
    }
  });

  /** The pauses before each try, in ms. */
  async function pauses(definition = changed({}), random?: () => number): Promise<number[]> {
    const at: number[] = [];
    const failing: Invoke = async () => {
      at.push(Date.now());
      throw new Error('down');
    };
    const resolver = createAslResolver({ sample: definition }, failing, { ...(random && { random }) });
    jest.useFakeTimers();
    try {
      let over = false;
      const end = resolver.resolve('sample', sampleInput()).finally(() => {
        over = true;
      });
      while (!over) await jest.advanceTimersByTimeAsync(1);
      await end;
    } finally {
      jest.useRealTimers();
    }
    return at.slice(1).map((one, n) => one - (at[n] ?? 0));
  }

  test('pauses grow up to the longest, and full jitter takes any part of them', async () => {
    const still = changed({ 'States/Work/Retry/0/JitterStrategy': undefined });
    expect(await pauses(still)).toEqual([2_000, 6_000, 10_000]);
    expect(await pauses(changed({}), () => 0)).toEqual([0, 0, 0]);
    expect(await pauses(changed({}), () => 0.5)).toEqual([1_000, 3_000, 5_000]);
    expect(await pauses(changed({}), () => 1 - 2 ** -53)).toEqual([2_000, 6_000, 10_000]);
  });

  test('without figures of its own a retrier has those of the language', async () => {
    const plain = changed({ 'States/Work/Retry/0': { ErrorEquals: ['States.ALL'] } });
    expect(await pauses(plain)).toEqual([1_000, 2_000, 4_000]);
  });

  test('a pause that grows beyond every timer is as long as the longest, and not none', async () => {
    jest.useFakeTimers();
    try {
      const timer = jest.spyOn(globalThis, 'setTimeout');
      const steep = { ErrorEquals: ['States.ALL'], BackoffRate: 1e9, IntervalSeconds: 10, MaxAttempts: 2 };
      const failing: Invoke = async () => Promise.reject(new Error('down'));
      const resolver = createAslResolver({ sample: changed({ 'States/Work/Retry/0': steep }) }, failing);
      const end = resolver.resolve('sample', sampleInput());
      await jest.advanceTimersByTimeAsync(10_000);
      expect(timer.mock.calls.map(([, ms]) => ms)).toEqual([5_000, 10_000, 5_000, 2_147_483_000]);
      await jest.advanceTimersByTimeAsync(2_147_483_000);
      expect(await end).toHaveProperty('unavailable');
    } finally {
      jest.restoreAllMocks();
      jest.useRealTimers();
    }
  });
});
