/** How much work the one machine takes on at once. */
import type { Answer, Deliverer } from '../core/delivery.ts';

export interface AdmissionLimits {
  /** How many are worked on at once. */
  atOnce: number;
  /** How many may wait for that; any more are told to try again. */
  waiting: number;
}

/**
 * Lets only so many events of the given types be worked on at once: those that cost much (checking a password). They wait
 * here, before anything is begun, and not in the definition, whose time-outs would end them and begin them anew: a burst
 * then takes longer, and work is not done in vain.
 */
export function admitting(
  deliver: Deliverer['deliver'],
  types: readonly string[],
  { atOnce, waiting }: AdmissionLimits,
): Deliverer['deliver'] {
  const queue: (() => void)[] = [];
  let free = atOnce;

  async function admitted(delivery: Parameters<Deliverer['deliver']>[0]): Promise<Answer> {
    if (free > 0) free--;
    else if (queue.length >= waiting) return { status: 'unavailable', reason: 'Busy' };
    else await new Promise<void>((enter) => queue.push(enter));
    try {
      return await deliver(delivery);
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  }

  return (delivery) => (types.includes(delivery.event.type) ? admitted(delivery) : deliver(delivery));
}
