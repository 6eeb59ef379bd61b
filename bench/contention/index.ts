/** Part 5: many events at once on one instance, in one process and apart. */
import type { Bench, Part, Result } from '../report/result.ts';
import { roundsWithin } from '../report/rounds.ts';
import { median } from '../report/statistics.ts';
import { type Contended, type How, type Logins, openLogins } from './logins.ts';

export const PARALLEL = [1, 10, 100] as const;
type Parallel = (typeof PARALLEL)[number];

/** How often in a round: what is over soon is measured more often. */
const turns: { [way in How]: { [n in Parallel]: number } } = {
  'in turn': { 1: 9, 10: 5, 100: 2 },
  'at once': { 1: 9, 10: 5, 100: 2 },
  apart: { 1: 3, 10: 2, 100: 1 },
};
const roundsOf = (bench: Bench): number => (bench.quick ? 3 : 7);

/** A short run on a slow machine has fewer rounds. */
const QUICK_MS = 11_000;

type Runs = { [way in How]: Contended[] };

export const part: Part = {
  name: 'contention',
  title: 'Contention: events at once on one instance',
  quick: true,
  async measure(bench) {
    const logins = await openLogins(bench.folder(), Math.max(...PARALLEL));
    try {
      const found = await rounds(bench, logins);
      const medianOf = (n: Parallel, way: How) => median(found[n][way].map(({ ms }) => ms));
      return [
        ...PARALLEL.flatMap((n) =>
          resultsOf(`contention.n${n}`, n, found[n]['at once'], medianOf(n, 'in turn')),
        ),
        // Apart in turn is so slow, and so regular, that one stands for all.
        ...PARALLEL.flatMap((n) =>
          resultsOf(`contention.apart.n${n}`, n, found[n].apart, n * medianOf(1, 'apart')),
        ),
      ];
    } finally {
      await logins.close();
    }
  },
};

/** In one process events wait in a queue of their instance; apart they meet in the table, and the slower ones try again. */
async function rounds(bench: Bench, logins: Logins): Promise<{ [n in Parallel]: Runs }> {
  const empty = (): Runs => ({ 'in turn': [], 'at once': [], apart: [] });
  const found = { 1: empty(), 10: empty(), 100: empty() };
  bench.progress('contention: warming up');
  for (const n of PARALLEL) await logins.contend(n, 'in turn');
  const goesOn = roundsWithin(bench.quick ? QUICK_MS : Number.POSITIVE_INFINITY);
  for (let round = 1; round <= roundsOf(bench) && goesOn(round); round++) {
    bench.progress(`contention: round ${round} of ${roundsOf(bench)}`);
    for (const n of PARALLEL)
      for (let turn = 0; turn < turns['in turn'][n]; turn++)
        for (const way of ['in turn', 'at once', 'apart'] as const)
          if (turn < turns[way][n]) found[n][way].push(await logins.contend(n, way));
  }
  return found;
}

/** @param linear the time of so many events one after the other. */
function resultsOf(name: string, events: number, runs: Contended[], linear: number): Result[] {
  const ms = median(runs.map((run) => run.ms));
  const tries = runs.map((run) => run.retries);
  const answered = Math.min(...runs.map((run) => run.answered));
  // Where there must be none, one is too many.
  const retries = name.includes('apart') ? median(tries) : Math.max(...tries);
  /** Beside the events. */
  const each = (what: string, value: number): Result => ({
    ...{ name: `${name}.${what}`, value, unit: 'count', limit: events },
    ratio: value / events,
  });
  return [
    { name: `${name}.ms`, value: ms, unit: 'ms', limit: linear, ratio: ms / linear },
    // `contend` has seen to it that each was applied once, and no more than once.
    { name: `${name}.answered`, value: answered, unit: 'count', limit: events, ratio: answered / events },
    each('retries', retries),
    each('conflicts', median(runs.map(({ again }) => again))),
  ];
}
