/** Asking again, after pauses that double up to the longest. */
import { alarm } from '../../core/alarm.ts';
import type { EffectRequest } from '../../core/types.ts';

/**
 * The pause after one of `seconds`, and the alarm that goes with it: once, when the longest is reached, since by then something is
 * wrong that time does not mend.
 */
export function nextPause(
  seconds: number,
  longest: number,
  reason: string,
): { waitSeconds: number; alarms: EffectRequest[] } {
  const waitSeconds = Math.min(2 * seconds, longest);
  return { waitSeconds, alarms: waitSeconds === longest && seconds < longest ? [alarm(reason)] : [] };
}
