/** Pure: counts what the engine signals. */
import type { Signal } from '../../core/ports.ts';
import type { CountersView } from './views.ts';

export type Counts = Omit<CountersView, 'since' | 'transitions'>;

export const noCounts = (): Counts => ({
  ...{ conflicts: 0, clashes: 0, delivered: 0, retries: 0, unknown: 0 },
  ...{ failed: 0, expired: 0, unavailable: 0, alarms: 0 },
});

/** Counts a signal. Transitions are not among them: what was told again looks like what was done. */
export function count(counts: Counts, signal: Signal): void {
  switch (signal.type) {
    case 'conflict':
      counts.conflicts++;
      break;
    case 'clash':
      counts.clashes++;
      break;
    case 'alarm':
      counts.alarms++;
      break;
    case 'delivered':
      // Also where the definition itself has found that a service is down; of that there is no other signal.
      if (signal.status === 'unavailable') counts.unavailable++;
      break;
    case 'unavailable':
      // Of a deferred event that was taken up again there is no `delivered`.
      if (signal.event === 'Deferred') counts.unavailable++;
      break;
    case 'effect':
      countEffect(counts, signal);
      break;
    default:
  }
}

/** Every claim ends in one such signal, but for one that finds that nobody wants the effect any more. */
function countEffect(counts: Counts, { status, attempt }: Extract<Signal, { type: 'effect' }>): void {
  if (attempt > 1 && status !== 'expired') counts.retries++;
  if (status === 'delivered' || status === 'unknown' || status === 'failed' || status === 'expired')
    counts[status]++;
}
