/** What goes to an action and comes back behaves as if it had gone over the wire. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { MAX_PAYLOAD_BYTES, overWire } from '../../adapters/embedded/asl/wire.ts';
import { createAslResolver, type Invoke } from '../../adapters/embedded/asl-resolver.ts';
import { defineAction } from '../../core/action.ts';
import type { Flow } from '../../core/flow.ts';
import type { JsonObject, Step } from '../../core/types.ts';
import { createFlowEngine } from '../support/flow-engine.ts';
import { changed, sampleInput, weighing } from './asl-sample.ts';

const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('a copy', () => {
  test('is what JSON makes of it', () => {
    const odd = fc.constantFrom(
      undefined,
      new Date(0),
      Number.NaN,
      -0,
      () => 1,
      Symbol('s'),
      new Map([[1, 2]]),
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        { weight: 8, arbitrary: fc.jsonValue() },
        { weight: 1, arbitrary: odd },
        { weight: 4, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
        { weight: 4, arbitrary: fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }) },
      ),
    })).value;
    void fc.assert(
      fc.property(tree, (inner) => expect(overWire({ inner })).toStrictEqual(throughJson({ inner }))),
      { numRuns: 2_000 },
    );
  });

  test('is bounded where every entry of a list is as long as a number can be', () => {
    const list = new Array(10_082).fill(-0.0000012345678901234567);
    expect(JSON.stringify(list).length).toBeGreaterThan(MAX_PAYLOAD_BYTES - 30);
    expect(overWire(list)).toEqual(list);
    expect(() => overWire([...list, list[0]])).toThrow('larger');
  });

  const sparse = new Array(3);
  sparse[1] = 1;
  class Money {
    value = 5;
    toJSON() {
      return `${this.value} EUR`;
    }
  }
  test.each([
    ['a list with holes', sparse],
    ['an object of a class', new Money()],
    ['an object with a toJSON', { value: 1, toJSON: () => 'short' }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
    ['texts as objects', Object('text')],
    ['a field called __proto__', JSON.parse('{"__proto__":{"a":1}}')],
    ['a list with fields of its own', Object.assign([1], { more: true })],
    ['depth', JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)],
  ])('is what JSON makes of %s', (_, value) => {
    expect(JSON.stringify(overWire({ value }))).toBe(JSON.stringify({ value }));
    expect(overWire({ value })).toStrictEqual(throughJson({ value }));
  });

  test('is refused where JSON refuses it', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [circle, { big: 1n }, undefined]) {
      expect(() => overWire(value)).toThrow(expect.objectContaining({ name: 'TypeError' }));
    }
  });

  test('shares nothing', () => {
    const value = { list: [{ a: 1 }], date: new Date(0) };
    const [plain, other] = [overWire({ list: value.list }), overWire(value)];
    for (const copy of [plain, other]) {
      expect(copy.list).not.toBe(value.list);
      expect(copy.list[0]).not.toBe(value.list[0]);
    }
  });
});

describe('the limit', () => {
  const signs = ['x', 'é', '€', '\u001f'];

  test.each(signs)('is %j by %j, to the byte', (sign) => {
    const room =
      MAX_PAYLOAD_BYTES - ((MAX_PAYLOAD_BYTES - 11) % Buffer.byteLength(JSON.stringify(sign).slice(1, -1)));
    const value = weighing(room, sign);
    expect(Buffer.byteLength(JSON.stringify(value))).toBe(room);
    expect(overWire(value)).toEqual(value);
    const over = { text: `${value.text}${'x'.repeat(MAX_PAYLOAD_BYTES - room + 1)}` };
    expect(() => overWire(over)).toThrow(`a payload is larger than ${MAX_PAYLOAD_BYTES} bytes`);
  });
});

/** Changes everything that can be reached from it. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) spoil(inner);
  if (Array.isArray(value)) value.push('spoiled');
  else Object.assign(value, { spoiled: true });
}

describe('an action that changes all it gets, and later all it gave', () => {
  const kept: unknown[] = [];
  const spoiling: Invoke = async (_, task) => {
    const step = JSON.parse(JSON.stringify({ ...task.step, outcome: 'Worked' })) as Step;
    kept.push(step, task);
    spoil(task);
    return step;
  };

  test('changes neither what the resolver was given nor what it gives', async () => {
    const [input, before] = [sampleInput(), sampleInput()];
    const output = await createAslResolver({ sample: changed({}) }, spoiling).resolve('sample', input);
    const [was, rejected] = [JSON.stringify(output), JSON.stringify(before)];
    expect(was).not.toContain('spoiled');
    for (const one of kept) spoil(one);
    expect(JSON.stringify(output)).toBe(was);
    expect(JSON.stringify(input)).toBe(rejected);
  });

  test('finds all as it was when it is tried again, and so does the next', async () => {
    const seen: string[] = [];
    const failing: Invoke = async (name, task) => {
      seen.push(JSON.stringify(task));
      if (seen.length === 3) return spoiling(name, task);
      spoil(task);
      throw new Error('down');
    };
    const definition = changed({ 'States/Waiting/Parameters': { state: 'Waiting', 'step.$': '$' } });
    const resolver = createAslResolver({ sample: definition }, failing, { retryPauseMs: 0 });
    const output = await resolver.resolve('sample', sampleInput());
    expect(seen).toEqual([seen[0], seen[0], seen[0]]);
    expect(JSON.stringify(output)).not.toContain('spoiled');
  });

  test('does not change the record that the table keeps in memory', async () => {
    const whatever = z.unknown() as unknown as z.ZodType<JsonObject>;
    const reachable: unknown[] = [];
    const action = defineAction({
      ...{ name: 'Work', outcomes: ['Worked'], data: whatever, payload: whatever },
      run({ data, event }) {
        spoil(event.payload);
        const given = {
          outcome: 'Worked',
          data: { kept: JSON.parse(JSON.stringify(data['kept'] ?? [1])) as [] },
        };
        spoil(data);
        reachable.push(given);
        return given;
      },
    });
    const flow: Flow = {
      ...{ name: 'sample', persistence: 'outbox', tables: [], definition: changed({}) },
      view: () => ({}),
      retentionSeconds: () => undefined,
      fingerprinted: () => ({ value: {}, guessable: false }),
    };
    const row = (state: string) => ({
      And: [
        { Variable: '$.flow.state', StringEquals: state },
        { Variable: '$.event.type', StringEquals: 'Started' },
      ],
      Next: 'Work',
    });
    const again = changed({ 'States/Route/Choices': [row('New'), row('Waiting')] });
    const engine = createFlowEngine({ ...flow, definition: again }, [action], () => ({}));
    try {
      const payload = { list: [1] };
      for (const version of [1, 2, 3]) {
        expect(await engine.tell('one', 'Started', payload)).toMatchObject({ status: 'applied', version });
        spoil(reachable);
        expect((await engine.record('one'))?.data).toEqual({ kept: [1] });
      }
      expect(payload).toEqual({ list: [1] });
    } finally {
      engine.close();
    }
  });
});
