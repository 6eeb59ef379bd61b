/** Random machines of three states, and random stories told to them. */
import fc from 'fast-check';
import type { JsonObject } from '../../core/types.ts';
import type { Rule, Rules } from '../support/engine.ts';

const states = ['A', 'B', 'C'];
const events = ['e', 'f', 'g'];

/** What one event does in one state. */
const behaviour = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      to: fc.constantFrom(...states),
      data: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer()),
    }),
  },
  { weight: 2, arbitrary: fc.constant('defer' as const) },
  { weight: 1, arbitrary: fc.constant('reject' as const) },
);
/** What each event does in each state, for `rulesOf`. */
export const machine = fc.array(behaviour, { minLength: 9, maxLength: 9 });
/** Events after the one that creates an instance, `Made`. */
export const story = fc.array(fc.record({ type: fc.constantFrom(...events), n: fc.nat(99) }), {
  maxLength: 25,
});

/** Every event that is taken asks for one effect of the kind `bell`. */
export function rulesOf(behaviours: (typeof behaviour extends fc.Arbitrary<infer T> ? T : never)[]): Rules {
  const made: Rules = [
    ['New', 'Made', (input) => ({ state: 'A', step: { ...input.step, data: { n: 0 } }, deadlineSeconds: 9 })],
  ];
  for (const [index, what] of behaviours.entries()) {
    const rule: Rule = ({ step, event }) => {
      if (what === 'defer') return { deferred: true };
      if (what === 'reject') return { rejected: { reason: 'No' } };
      const data: JsonObject = { ...what.data, n: event.payload['n'] ?? 0 };
      const effects = [{ kind: 'bell', id: `d/${event.id}/1` }];
      return {
        state: what.to,
        step: { ...step, data, effects, facts: [{ type: 'Went' }] },
        deadlineSeconds: 9,
      };
    };
    made.push([states[Math.floor(index / 3)] ?? '', events[index % 3] ?? '', rule]);
  }
  return made;
}
