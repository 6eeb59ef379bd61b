import { describe, expect, test } from '@jest/globals';
import { fullJitter } from '../../core/backoff.ts';
import { accepts, parseOutput, rows, substitute } from '../../core/definition.ts';
import { asEffectError, DetentError, EffectError, isDetentError, nameOf } from '../../core/errors.ts';
import { keyedHash } from '../../core/keyed-hash.ts';
import { KeyedQueue } from '../../core/queue.ts';

describe('errors', () => {
  test('are recognised by code, also after a way through JSON or another bundle', () => {
    const error = new DetentError('table-unavailable', 'gone');
    const stored = JSON.parse(JSON.stringify({ ...error, message: error.message }));
    expect(isDetentError(error) && isDetentError(stored)).toBe(true);
    expect(isDetentError(stored, 'table-unavailable')).toBe(true);
    expect(isDetentError(stored, 'too-large')).toBe(false);
    expect(stored).toMatchObject({ advice: 'retry' });
  });

  test.each([new Error('x'), null, undefined, 'text', { code: 'ENOENT' }, { code: 'odd', advice: 'retry' }])(
    'of others are not ours: %p',
    (other) => expect(isDetentError(other)).toBe(false),
  );

  test('of effects that nobody classified are ambiguous, and only their name is kept', () => {
    expect(asEffectError(new TypeError('secret'))).toMatchObject({
      failure: 'ambiguous',
      message: 'TypeError',
    });
    expect(asEffectError('thrown text')).toMatchObject({ failure: 'ambiguous', message: 'string' });
    expect(asEffectError(new DetentError('table-unavailable', 'gone'))).toMatchObject({
      failure: 'transient',
      message: 'table-unavailable',
    });
    const known = new EffectError('permanent', 'opted-out');
    expect(asEffectError(known)).toBe(known);
    expect(nameOf(undefined)).toBe('undefined');
  });
});

test('full jitter is uniform below an exponential bound, which is capped', () => {
  const bounds = { base: 10, cap: 100 };
  expect([1, 2, 3, 4, 5, 9].map((attempt) => fullJitter(attempt, 0.999_999, bounds))).toEqual([
    9, 19, 39, 79, 99, 99,
  ]);
  expect(fullJitter(5, 0, bounds)).toBe(0);
});

test('a keyed hash depends on key, purpose and text, and has 128 bits', () => {
  const all = [
    keyedHash('k', 'p', 't'),
    keyedHash('l', 'p', 't'),
    keyedHash('k', 'q', 't'),
    keyedHash('k', 'p', 'u'),
  ];
  expect(new Set(all).size).toBe(4);
  expect(Buffer.from(all[0] ?? '', 'base64url')).toHaveLength(16);
  expect(keyedHash('k', 'p', 't', 'hex')).toBe(Buffer.from(all[0] ?? '', 'base64url').toString('hex'));
});

describe('a keyed queue', () => {
  test('runs tasks of one key one after the other, in order, and others beside them', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    const task = (name: string, turns: number) => async () => {
      log.push(`${name} begins`);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([
      queue.run('a', task('a1', 20)),
      queue.run('a', task('a2', 1)),
      queue.run('b', task('b1', 1)),
    ]);
    expect(results).toEqual(['a1', 'a2', 'b1']);
    expect(log).toEqual(['a1 begins', 'b1 begins', 'b1 ends', 'a1 ends', 'a2 begins', 'a2 ends']);
  });

  test('goes on after a failure', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

describe('definitions', () => {
  const rule = (state: string, event: string) => ({
    And: [
      { Variable: '$.event.type', StringEquals: event },
      { Variable: '$.flow.state', StringEquals: state },
    ],
    Next: 'X',
  });
  const definition = {
    StartAt: 'Route',
    States: {
      Route: { Type: 'Choice', Choices: [rule('A', 'e'), rule('B', 'f')], Default: 'X' },
      X: { Type: 'Pass' },
    },
  };

  test('tell by their rows what a state accepts', () => {
    expect(rows(definition)).toEqual([
      { state: 'A', event: 'e', next: 'X' },
      { state: 'B', event: 'f', next: 'X' },
    ]);
    expect([accepts(definition, 'A', 'e'), accepts(definition, 'A', 'f')]).toEqual([true, false]);
  });

  test('have their placeholders filled as a whole; numbers stay numbers; a missing one is an error', () => {
    const raw = {
      StartAt: 'P',
      States: { P: { Type: 'Pass', Parameters: { n: '${N}', text: 'not ${N}' } } },
    };
    expect(substitute(raw, { N: 3 }).States['P']?.Parameters).toEqual({ n: 3, text: 'not ${N}' });
    expect(() => substitute(raw, {})).toThrow('N has no value');
  });

  const step = { data: {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' };
  test.each([
    { state: 'A', step },
    { deferred: true },
    { rejected: { reason: 'No' } },
    { unavailable: { reason: 'Down' } },
  ])('may end in %p', (output) => {
    expect(parseOutput('door', output)).toEqual(output);
  });

  test.each([
    null,
    'text',
    [],
    {},
    { state: 'A' },
    { state: 'A', step: { ...step, effects: {} } },
    { state: 'A', step: { ...step, data: [] } },
    { deferred: 'yes' },
    { rejected: {} },
    { unavailable: { reason: 3 } },
  ])('may not end in %p', (output) => {
    expect(() => parseOutput('door', output)).toThrow(/must end in/);
  });
});
