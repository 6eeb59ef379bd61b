/** Alarms: a flow has come to where a person must look. As an effect, so that no crash loses one; at least once. */
import type { EffectExecutor, Observer } from './ports.ts';
import type { EffectRequest } from './types.ts';

/** The kind of effect that raises an alarm. */
export const ALARM = 'alarm';

/** @param reason a word for the log and the metric; without personal data. */
export const alarm = (reason: string): EffectRequest => ({ kind: ALARM, reason });

/** Performs effects of the kind `alarm`: a signal, which becomes a metric and a log line. */
export const alarmExecutors = (observe: Observer): { [kind: string]: EffectExecutor } => ({
  [ALARM]: {
    persistent: true,
    async perform({ reason }, { flow, flowId }) {
      observe({ type: 'alarm', flow, flowId, reason: String(reason) });
      return { done: true };
    },
    failure: () => undefined,
  },
});
