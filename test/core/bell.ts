/** A door with a bell: an instance whose effect is to be performed, and an executor that does what a script says. */
import { EffectError } from '../../core/errors.ts';
import type { EffectContext, EffectExecutor } from '../../core/ports.ts';
import { go, type Rule, type Rules } from '../support/engine.ts';

/** Asks for one effect of the kind `bell` for each of `more`. */
export const ringing =
  (...more: { [field: string]: string }[]): Rule =>
  ({ step, flow }) => ({
    state: 'Ringing',
    step: {
      ...step,
      effects: more.map((one, index) => ({
        kind: 'bell',
        id: `${flow.id}/${flow.version + 1}/${index + 1}`,
        ...one,
      })),
    },
    deadlineSeconds: 600,
  });

/** `Made` rings the bell, which nobody wants to hear after five minutes. */
export const bellRules: Rules = [
  ['New', 'Made', ringing({ notAfter: '2026-11-24T12:05:00.000Z' })],
  ['Ringing', 'BellFailed', go('Silent', {}, { final: true })],
  ['Ringing', 'BellRang', go('Rung', {}, { final: true })],
  ['Ringing', 'Ignored', go('Elsewhere', {}, { final: true })],
];

/** The same, with an effect that is wanted for ever. */
export const lasting: Rules = [['New', 'Made', ringing({})], ...bellRules.slice(1)];

/** An executor that does what the list says, one after the other; then it succeeds. */
export function bell(...script: (EffectError | 'done' | 'event' | 'hang')[]) {
  const calls: EffectContext[] = [];
  const executor: EffectExecutor = {
    async perform(_effect, context) {
      calls.push(context);
      const what = script.shift() ?? 'done';
      if (what instanceof EffectError) throw what;
      if (what === 'hang') await new Promise(() => {});
      return what === 'event'
        ? { event: { type: 'BellRang', payload: {} } }
        : { done: true, receipt: 'rang' };
    },
    failure: (_effect, { message: reason }) => ({ type: 'BellFailed', payload: { reason } }),
  };
  return { calls, executor };
}

export const transient = () => new EffectError('transient', 'busy');
export const permanent = () => new EffectError('permanent', 'refused');
export const ambiguous = () => new EffectError('ambiguous', 'silence');
