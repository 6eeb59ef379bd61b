import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { defineAction, performAction, type TaskInput, toolsFor } from '../../core/action.ts';
import type { ReadOptions } from '../../core/ports.ts';
import type { Json, JsonObject, Key } from '../../core/types.ts';

const count = defineAction({
  name: 'Count',
  outcomes: ['Counted'],
  reads: 'stock',
  secrets: ['one'],
  data: z.strictObject({ n: z.number() }),
  payload: z.strictObject({ by: z.number() }),
  run: ({ data, event, nextVersion }) => ({
    outcome: 'Counted',
    data: { n: data.n + event.payload.by },
    effects: [{ kind: 'bell' }, { kind: 'bell', nextVersion }],
    writes: [{ op: 'delete', key: { table: 'stock', pk: 'x', sk: 'x' } }],
    reply: { mine: true },
  }),
});

const task = (data: JsonObject, payload: { [field: string]: Json }): TaskInput => ({
  flow: { name: 'door', id: 'd', state: 'Open', version: 4 },
  event: { id: 'e', type: 'T', payload, at: '2026-01-01T00:00:00.000Z' },
  now: '2026-01-01T00:00:00.000Z',
  step: {
    data,
    effects: [{ id: 'd/5/1', kind: 'light' }],
    facts: [{ type: 'Before' }],
    writes: [],
    reply: { before: true },
    outcome: 'Before',
  },
});

const table = { read: async () => ({ n: 1 }), query: async () => [] };
const tools = toolsFor(count, table, async (name) => `secret ${name}`);

describe('what is done for every action', () => {
  test('the step is threaded on: effects numbered, outcome noted, data replaced, reply merged', async () => {
    expect(await performAction(count, task({ n: 1 }, { by: 2 }), tools)).toEqual({
      data: { n: 3 },
      effects: [
        { id: 'd/5/1', kind: 'light' },
        { id: 'd/5/2', kind: 'bell' },
        { id: 'd/5/3', kind: 'bell', nextVersion: 5 },
      ],
      facts: [{ type: 'Before' }, { type: 'Counted' }],
      writes: [{ op: 'delete', key: { table: 'stock', pk: 'x', sk: 'x' } }],
      reply: { before: true, mine: true },
      outcome: 'Counted',
    });
  });

  test('what an action leaves out stays as it was', async () => {
    const quiet = defineAction({ ...count, run: () => ({ outcome: 'Counted' }) });
    const { facts, outcome, ...kept } = await performAction(quiet, task({ n: 1 }, { by: 2 }), tools);
    expect(kept).toEqual({
      data: { n: 1 },
      effects: [{ id: 'd/5/1', kind: 'light' }],
      writes: [],
      reply: { before: true },
    });
    expect([facts.at(-1), outcome]).toEqual([{ type: 'Counted' }, 'Counted']);
  });

  test.each([
    ['data', task({ n: 'hunter2' }, { by: 2 }), 'data.n'],
    ['payload', task({ n: 1 }, { by: 'hunter2' }), 'payload.by'],
    ['a field too many', task({ n: 1 }, { by: 1, more: 'hunter2' }), 'payload.'],
  ])(
    'input of the wrong shape (%s) is refused by the name of its field, without its value',
    async (_what, input, field) => {
      const failure = performAction(count, input, tools);
      await expect(failure).rejects.toMatchObject({
        code: 'invalid-action-input',
        message: expect.stringContaining(field),
      });
      await expect(failure).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') });
    },
  );

  test('an outcome that is not declared is refused', async () => {
    const odd = defineAction({ ...count, run: () => ({ outcome: 'Odd' }) });
    await expect(performAction(odd, task({ n: 1 }, { by: 1 }), tools)).rejects.toMatchObject({
      code: 'invalid-action-result',
      message: expect.stringContaining('Odd'),
    });
  });
});

describe('the tools of an action', () => {
  test('read its one table and give its secrets', async () => {
    expect(await tools.read.get('x', 'x')).toEqual({ n: 1 });
    expect(await tools.read.query('x', '')).toEqual([]);
    expect(await tools.secret('one')).toBe('secret one');
  });

  test('read eventually where they are asked to, but not after a conflict', async () => {
    const asked: (ReadOptions | undefined)[] = [];
    const watched = {
      ...table,
      read: async (_key: Key, options?: ReadOptions) => {
        asked.push(options);
        return { n: 1 };
      },
    };
    const curious = defineAction({
      ...count,
      async run(_input, { read }) {
        await read.get('x', 'x', { consistency: 'eventual' });
        return { outcome: 'Counted' };
      },
    });
    const own = toolsFor(curious, watched, async () => 'secret');
    const first = task({ n: 1 }, { by: 1 });
    await performAction(curious, first, own);
    await performAction(curious, { ...first, flow: { ...first.flow, retry: true } }, own);
    expect(asked).toEqual([{ consistency: 'eventual' }, undefined]);
  });

  test('give nothing that it does not declare', async () => {
    const { reads: _, secrets: __, ...bare } = count;
    const none = toolsFor(bare, table, async () => 'secret');
    await expect(none.read.get('x', 'x')).rejects.toMatchObject({ code: 'invalid-action-result' });
    await expect(none.read.query('x', '')).rejects.toMatchObject({ code: 'invalid-action-result' });
    await expect(none.secret('one')).rejects.toMatchObject({ code: 'invalid-action-result' });
    await expect(tools.secret('other')).rejects.toMatchObject({ code: 'invalid-action-result' });
  });
});
