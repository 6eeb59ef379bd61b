/** Executors whose answers stand in the trace. */
import type { EffectExecutor } from '../../../core/ports.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

type Executors = { [kind: string]: EffectExecutor };

/** The trace says what came back: what was done is known by whoever did it. */
export function traced(around: Surroundings, process: Process, executors: Executors): Executors {
  const one = (executor: EffectExecutor): EffectExecutor => ({
    ...executor,
    async perform(effect, context) {
      const performed = await executor.perform(effect, context);
      const { id: effectId } = effect;
      const { flowId, key } = context;
      const answer = 'event' in performed ? performed.event.type : '';
      const about = { flowId, effectId, key, process: process.name };
      around.trace.add({ what: 'performed', ...about, answered: true, detail: { answer } });
      return performed;
    },
  });
  return Object.fromEntries(Object.entries(executors).map(([kind, executor]) => [kind, one(executor)]));
}
