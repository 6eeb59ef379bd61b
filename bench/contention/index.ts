/** Part 5: many events at once on one instance, in one process and apart. */
import type { Part, Result } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { type Contended, openLogins } from './logins.ts';

export const PARALLEL = [1, 10, 100] as const;
/** A single event is over so soon that it is measured more often. */
const roundsOf = (events: number, quick: boolean): number => (quick ? 1 : 3) * (events === 1 ? 25 : 5);

/** In one process events wait in a queue of their instance; apart they meet in the table, and the slower ones try again. */
const ways = [
  { prefix: 'contention', apart: false },
  { prefix: 'contention.apart', apart: true },
];

export const part: Part = {
  name: 'contention',
  title: 'Contention: events at once on one instance',
  quick: true,
  async measure(bench) {
    const logins = await openLogins(bench.folder(), Math.max(...PARALLEL));
    const results: Result[] = [];
    try {
      bench.progress('contention: warming up');
      for (const { apart } of ways) for (const n of PARALLEL) await logins.contend(n, apart);
      for (const { prefix, apart } of ways) {
        let single = 0;
        for (const n of PARALLEL) {
          bench.progress(`contention: ${n} events at once${apart ? ', apart' : ''}`);
          const runs: Contended[] = [];
          for (let round = 0; round < roundsOf(n, bench.quick); round++)
            runs.push(await logins.contend(n, apart));
          const ms = median(runs.map((run) => run.ms));
          if (n === 1) single = ms;
          results.push(...resultsOf(`${prefix}.n${n}`, n, ms, n * single, runs));
        }
      }
      return results;
    } finally {
      await logins.close();
    }
  },
};

/** @param linear the time of so many events one after the other, each alone. */
function resultsOf(name: string, events: number, ms: number, linear: number, runs: Contended[]): Result[] {
  return [
    { name: `${name}.ms`, value: ms, unit: 'ms', limit: linear, ratio: ms / linear },
    // `contend` has seen to it that each was applied, once.
    { name: `${name}.answered`, value: events, unit: 'count', limit: events, ratio: 1 },
    { name: `${name}.retries`, value: median(runs.map(({ retries }) => retries)), unit: 'count' },
    { name: `${name}.conflicts`, value: median(runs.map(({ again }) => again)), unit: 'count' },
  ];
}
