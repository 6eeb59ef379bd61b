/** Whether the simulation finds the same as the paper: for each setup, at its rate and beyond. */

import { expressSeconds, lambdaSeconds, seconds } from './durations.ts';
import type { Life } from './life.ts';
import { atOnce, binding, type Station } from './paper.ts';
import { growing, type Saturation, saturation } from './saturation.ts';
import { type Setup, setups } from './setups.ts';
import { type Place, simulate } from './simulate.ts';

export interface Compared {
  setup: Setup;
  paper: Station;
  found: Saturation;
  /** Where queues grow at the rate that the setup is for. */
  growing: Place[];
  /** At once, at that rate, simulated; and by Little's law. */
  busy: { lambda: number; express: number };
  little: { lambda: number; express: number };
}

const LOGINS = 8_000;
const SEED = 20_261_128;
/** The search stops when it is as near as this; chance adds about as much. */
const PRECISION = 0.04;

/** So that a run has about as many servers, and lasts about as long, for every rate. */
const thinningOf = (setup: Setup): number => Math.max(1, setup.rate / 100);

export function compared(life: Life): Compared[] {
  return setups.map((setup) => {
    const options = {
      setup,
      life,
      rate: setup.rate,
      logins: LOGINS,
      seed: SEED,
      thinning: thinningOf(setup),
    };
    const run = simulate(options);
    return {
      setup,
      paper: binding(setup, life),
      found: saturation(options, PRECISION),
      growing: growing(run),
      busy: { lambda: run.get('lambda')?.busy ?? 0, express: run.get('express')?.busy ?? 0 },
      little: {
        lambda: atOnce(setup.rate, lambdaSeconds),
        express: atOnce(setup.rate, expressSeconds),
      },
    };
  });
}

/** How long a cold start of everything takes at the least, in seconds: one function grows by so many in ten seconds. */
export const secondsToGrow = (rate: number, perTenSeconds: number): number =>
  (10 * atOnce(rate, seconds.requests[0] + seconds.requests[1])) / perTenSeconds;
