/** How much work the one machine takes on at once. */
import type { Answer, Deliverer } from '../core/delivery.ts';
import { Slots } from '../core/slots.ts';

export interface AdmissionLimits {
  /** How many are worked on at once. */
  atOnce: number;
  /** How many may wait for that; any more are told to try again. */
  waiting: number;
}

/**
 * A password takes about 0.25 s of a core. So many at once are checked well within the 7 s that the definition gives them; those
 * that wait are answered within a minute.
 *
 * @param passwordsAtOnce how many are hashed at once, on however many cores.
 */
export const passwordLimits = (cores: number, passwordsAtOnce: number): AdmissionLimits => ({
  atOnce: 12 * Math.min(cores, passwordsAtOnce),
  waiting: 256,
});

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
  const slots = new Slots(atOnce);

  async function admitted(delivery: Parameters<Deliverer['deliver']>[0]): Promise<Answer> {
    if (slots.full && slots.waiting >= waiting) return { status: 'unavailable', reason: 'Busy' };
    return slots.run(() => deliver(delivery));
  }

  return (delivery) => (types.includes(delivery.event.type) ? admitted(delivery) : deliver(delivery));
}
