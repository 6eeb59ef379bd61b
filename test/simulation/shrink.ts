/** From a run that fails to a shorter one that fails. */
import { attempt, type Failure } from './simulate.ts';

export type { Failure };

/**
 * The shortest prefix of a failing run that this finds: its first steps as they were, then calm. A longer prefix need not
 * fail where a shorter one does, so this halves first, and then takes away what can be taken.
 *
 * @param tries how many runs it may take.
 * @param enough says that no more are wanted.
 */
export async function shortest(
  found: Failure,
  tries = 24,
  enough: () => boolean = () => false,
): Promise<Failure> {
  let best = found;
  let passing = 0;
  let left = tries;
  const fails = async (steps: number): Promise<boolean> => {
    left--;
    const { failure } = await attempt(best.seed, { ...best.plan, steps });
    if (failure) best = { ...failure, steps };
    return failure !== undefined;
  };
  while (left > 0 && !enough() && best.steps - passing > 1) {
    const middle = Math.floor((passing + best.steps) / 2);
    if (!(await fails(middle))) passing = middle;
  }
  for (const share of [0.5, 0.7, 0.85]) {
    if (left > 0 && !enough()) await fails(Math.floor(best.steps * share));
  }
  return best;
}
