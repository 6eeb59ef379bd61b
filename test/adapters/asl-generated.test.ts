/** On random definitions our own resolver does what the library does, call by call. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { definitions } from './random-definitions.ts';
import { answers, inputs } from './random-values.ts';
import { copied, onBoth, type Script } from './sides.ts';

const RUNS = 1_000;

test('the same calls with the same inputs, and the same end', async () => {
  const seen = { ended: 0, failed: 0, calls: 0 };
  await fc.assert(
    fc.asyncProperty(definitions, inputs, answers, async (definition, input, given) => {
      const script: Script = (n) => {
        const answer = given[n % given.length] as { gives: unknown } | { throws: Error };
        if ('throws' in answer) throw answer.throws;
        return answer.gives;
      };
      const { own, library, left } = await onBoth(definition)(input, script);
      expect(own).toEqual(library);
      expect(left).toEqual(copied({ definition, input }));
      seen[own.end === 'failed' ? 'failed' : 'ended']++;
      seen.calls += own.calls.length;
    }),
    { numRuns: RUNS },
  );
  // Else they would show little.
  expect(seen.ended).toBeGreaterThan(RUNS / 3);
  expect(seen.failed).toBeGreaterThan(RUNS / 20);
  expect(seen.calls).toBeGreaterThan(RUNS / 2);
});
