/** The simulation on waiting lines of which the answer is known: as good as it is there, it is to be believed elsewhere. */
import { runNetwork } from './network.ts';
import { randomOf } from './random.ts';
import { Rate, type Server, Slots } from './stations.ts';
import { waitOfMD1, waitOfMMc } from './theory.ts';

export interface Known {
  what: string;
  /** Seconds of waiting on the average. */
  formula: number;
  simulated: number;
}

const VISITORS = 50_000;
/** Runs that know nothing of each other, of which the average counts. */
const SEEDS = [1, 2, 3, 4, 5, 6];

/** Seconds of waiting on the average before one server or many, the arrivals by chance. */
const simulatedWait = (make: () => Server, rate: number, amount: 'one unit' | number): number =>
  SEEDS.reduce((sum, seed) => sum + waitOfRun(make(), rate, amount, seed), 0) / SEEDS.length;

function waitOfRun(server: Server, rate: number, amount: 'one unit' | number, seed: number): number {
  const random = randomOf(seed);
  const seen = runNetwork({
    places: new Map([['server', server]]),
    // A hold of this average, exponentially distributed; or one unit of a rate, which is always the same.
    path: [
      {
        place: 'server',
        amount: amount === 'one unit' ? 1 : () => random.exponential(amount),
        through: true,
      },
    ],
    ...{ rate, visitors: VISITORS, random },
  });
  return seen.get('server')?.wait ?? Number.NaN;
}

/** M/M/c for one, ten and fifty servers; M/D/1 at three loads. */
export function knownQueues(): Known[] {
  const hold = 0.1;
  const many = [
    { servers: 1, used: 0.7 },
    { servers: 10, used: 0.8 },
    { servers: 50, used: 0.8 },
  ].map(({ servers, used }) => {
    const rate = (servers * used) / hold;
    return {
      what: `M/M/${servers}, ${used * 100} % used: Erlang C`,
      formula: waitOfMMc(rate, hold, servers),
      simulated: simulatedWait(() => new Slots(servers), rate, hold),
    };
  });
  const even = [0.5, 0.7, 0.9].map((used) => ({
    what: `M/D/1, ${used * 100} % used: Pollaczek–Khinchine`,
    formula: waitOfMD1(used / hold, hold),
    simulated: simulatedWait(() => new Rate(1 / hold), used / hold, 'one unit'),
  }));
  return [...many, ...even];
}
