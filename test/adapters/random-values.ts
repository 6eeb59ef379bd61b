/** Paths, values, inputs and answers of random executions. */
import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../core/types.ts';

export const texts = ['$.now', '$.flow.name', '$.event.type', '$.step.outcome'];
export const numbers = ['$.flow.version', '$.step.n'];
export const instants = ['$.at', '$.step.at'];
/** Some lead nowhere, some into what is no object. */
export const open = [
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
export const always = [
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

export const oneOf = (list: readonly string[]) => fc.constantFrom(...list);
/** Mostly there, or few executions would come far. */
export const path = fc.oneof({ weight: 9, arbitrary: oneOf(always) }, { weight: 1, arbitrary: oneOf(open) });
export const word = fc.constantFrom('x', 'y', '', 'Go', 'Stop', 'é€😀');
export const number = fc.constantFrom(-1.5, 0, 1, 2, 3, 1e21);
export const instant = fc.constantFrom(
  '2026-11-01T00:00:00Z',
  '2026-11-01T01:00:00.000+01:00',
  '2026-11-02T00:00:00Z',
);
export const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(word, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z', 'constructor'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

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
