/** Every definition, every row, every outcome, and every failure on the way: our own resolver and the library do the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Definition, type DefinitionState, rows } from '../../core/definition.ts';
import type { DefinitionInput, Json, JsonObject } from '../../core/types.ts';
import { booking } from '../simulation/flows/booking.ts';
import { onBoth, prepared, type Script } from './sides.ts';

const folders = ['state-definitions', 'examples/email-confirmation/state-definitions'];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.asl.json'))
    .map((name) => `${folder}/${name}`),
);
const definitions: [string, Definition][] = [
  ...files.map((path): [string, Definition] => [path, JSON.parse(readFileSync(path, 'utf8'))]),
  ['the booking of the simulation', booking.definition],
];

/** What one call comes to: an outcome, or an error. */
type Call = { says: string } | { throws: Error };

const foreign: Call = { says: 'Foreign' };
const named = (name: string) => Object.assign(new Error('down'), { name });
const errors = [new Error('down'), named('States.Timeout'), named('Custom.Error')];

const inputOf = (state: string, type: string): DefinitionInput => ({
  flow: { name: 'sample', id: 'one', state, version: 3 },
  event: { id: 'event', type, payload: { code: '1', deep: { list: [1, null, 'x'] } }, at: '' },
  now: '2026-11-01T00:00:00.000Z',
  step: { data: { kept: [{ a: 1 }] }, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
});

const scripted =
  (calls: readonly Call[]): Script =>
  (n, action, { step }) => {
    const call = calls[n] ?? foreign;
    if ('throws' in call) throw call.throws;
    return {
      data: {
        ...step.data,
        [action]: n,
        none: undefined,
        at: new Date(n),
        ...(n % 2 === 0 && { waitSeconds: 30 }),
      },
      effects: [...step.effects, { kind: 'sms', id: `${n}` }],
      facts: [...step.facts, { type: call.says }],
      ...{ writes: [], reply: { n } },
      outcome: call.says,
    };
  };

/** What an action may say: all that the Choice behind it looks for, and something else. */
function outcomesOf({ States }: Definition): (action: string) => Call[] {
  const texts = (value: unknown): string[] =>
    typeof value !== 'object' || value === null
      ? []
      : Object.entries(value).flatMap(([name, one]) =>
          name === 'StringEquals' && typeof one === 'string' ? [one] : texts(one),
        );
  const tasks = Object.values(States).filter(({ Type }) => Type === 'Task');
  return (action) => {
    const behind = tasks
      .filter(({ Parameters }: DefinitionState) => (Parameters as JsonObject)['FunctionName'] === action)
      .map(({ Next }) => States[Next as string]);
    const all = new Set(behind.flatMap((state) => texts(state?.Choices)));
    return [...[...all].map((says) => ({ says })), foreign];
  };
}

/** Every way through the definition from one row, as what each call says. */
async function waysFrom(definition: Definition, input: DefinitionInput): Promise<Call[][]> {
  const outcomes = outcomesOf(definition);
  const run = prepared('own', definition);
  const ways: Call[][] = [];
  const waiting: Call[][] = [[]];
  for (let way = waiting.pop(); way; way = waiting.pop()) {
    const { calls } = await run(input as unknown as Json, scripted(way));
    const next = calls[way.length];
    if (next === undefined || way.length > 3) ways.push(way);
    else waiting.push(...outcomes(next.action).map((call) => [...(way as Call[]), call]));
  }
  return ways;
}

/** The way itself, and with failures before its calls: before all of a short one's, before the last of a long one. */
const failing = (way: Call[]): Call[][] => [
  way,
  ...way.flatMap((_, at) => {
    const short = way.length <= 2;
    if (!short && at < way.length - 1) return [];
    return errors.flatMap((throws, kind) =>
      [1, 2, 3]
        .filter((times) => (kind === 0 ? short || times === 3 : short && times === 2))
        .map((times) => [...way.slice(0, at), ...Array(times).fill({ throws }), ...way.slice(at)]),
    );
  }),
];

describe.each(definitions)('%s', (_, definition) => {
  const pairs = [
    ...rows(definition).map(({ state, event }) => [state, event] as const),
    ['New', 'Unknown'] as const,
    ['Nowhere', 'Unknown'] as const,
  ];

  test.each(pairs)('%s, %s', async (state, event) => {
    const input = inputOf(state, event);
    const ways = await waysFrom(definition, input);
    const both = onBoth(definition);
    for (const calls of ways.flatMap(failing)) {
      const { own, library, left } = await both(input as unknown as Json, scripted(calls));
      expect({ said: calls, ...own }).toEqual({ said: calls, ...library });
      expect(left.input).toEqual(input);
    }
  });
});
