/** Part 1: durable logins per second of the embedded engine, beside the physical limits and a peer. */
import { join } from 'node:path';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { definitionCost } from '../definition.ts';
import type { Bench, Part, Result } from '../report/result.ts';
import { roundsWithin } from '../report/rounds.ts';
import { median } from '../report/statistics.ts';
import { type ByHand, openByHand } from './by-hand.ts';
import { type Engine, openEngine, type Work } from './engine.ts';
import { groupedLogins } from './grouped.ts';
import { plainLogins } from './plain.ts';
import { COMMITS, FSYNCS, ROWS } from './rows.ts';
import { middleOf, type Run } from './run.ts';
import { sharesOf } from './shares.ts';
import { openPeer, type Peer } from './xstate.ts';

export const CONCURRENCIES = [1, 16, 64, 256] as const;
const GROUPS = [16, 64, 256] as const;
const PEERS = [1, 64] as const;
const MOST = Math.max(...CONCURRENCIES);

/** Rounds, and logins of a round: one at a time, and many at once. Many short rounds: what disturbs, disturbs only some of them. */
const sizes = { quick: { rounds: 6, one: 100, many: 512 }, full: { rounds: 15, one: 400, many: 1_024 } };

/** A short run on a slow machine has fewer rounds. */
const QUICK_MS = 18_000;

interface Rounds {
  plain: Run[];
  grouped: Map<number, Run[]>;
  engine: Map<number, Run[]>;
  byHand: Map<number, Run[]>;
  peer: Map<number, Run[]>;
  /** All that are at once in step, and so in one commit. */
  inStep: Run[];
  /** For one login. */
  work: Work;
}

export const part: Part = {
  name: 'engine',
  title: 'Engine, embedded: durable logins',
  quick: true,
  async measure(bench) {
    const folder = bench.folder();
    const db = openDataFile(join(folder, 'limit.db'));
    const peer = await openPeer(join(folder, 'peer.db'), MOST);
    const byHand = await openByHand(db);
    const engine = await openEngine(join(folder, 'engine'), MOST);
    try {
      const results = resultsOf(await rounds(bench, db, byHand, engine, peer));
      bench.progress('engine: the definition alone');
      return [...results, ...sharesOf(results, await definitionCost())];
    } finally {
      await engine.close();
      peer.close();
      db.close();
    }
  },
};

type Database = ReturnType<typeof openDataFile>;

/** All take turns in every round, so that a noisy neighbour disturbs all of them. */
async function rounds(
  bench: Bench,
  db: Database,
  byHand: ByHand,
  engine: Engine,
  peer: Peer,
): Promise<Rounds> {
  const { rounds: count, one, many } = bench.quick ? sizes.quick : sizes.full;
  const found: Rounds = {
    plain: [],
    grouped: new Map(GROUPS.map((together) => [together, []])),
    engine: new Map(CONCURRENCIES.map((concurrency) => [concurrency, []])),
    byHand: new Map(PEERS.map((together) => [together, []])),
    peer: new Map(PEERS.map((together) => [together, []])),
    inStep: [],
    work: { events: 0, messages: 0, rows: 0, commits: 0, fsyncs: 0 },
  };
  bench.progress('engine: warming up');
  plainLogins(db, one);
  await peer.run(one, 1);
  // Every user once: the first SMS to a phone makes its quota.
  await engine.run(Math.max(one, MOST), MOST);
  const goesOn = roundsWithin(bench.quick ? QUICK_MS : Number.POSITIVE_INFINITY);
  for (let round = 1; round <= count && goesOn(round); round++) {
    bench.progress(`engine: round ${round} of ${count}`);
    found.plain.push(plainLogins(db, 2 * one));
    for (const [together, runs] of found.grouped) runs.push(groupedLogins(db, many, together));
    for (const together of PEERS) {
      const logins = together === 1 ? one : many;
      found.byHand.get(together)?.push(await byHand.run(logins, together));
      found.peer.get(together)?.push(await peer.run(logins, together));
      if (together > 1) found.inStep.push(await peer.run(logins, together, true));
    }
    for (const [concurrency, runs] of found.engine) {
      const logins = concurrency === 1 ? one : many;
      const { work, ...run } = await engine.run(logins, concurrency);
      runs.push(run);
      // Rounded by nothing: one row too many in one login shows.
      for (const figure of ['events', 'messages', 'rows', 'commits', 'fsyncs'] as const)
        found.work[figure] = Math.max(found.work[figure], work[figure] / logins);
    }
  }
  return found;
}

/** Each figure with what was measured beside it; `ratio` is of the medians. */
function resultsOf({ plain, grouped, byHand, engine, peer, inStep, work }: Rounds): Result[] {
  const limit = middleOf(plain);
  const limitAt = (concurrency: number): Run =>
    concurrency === 1 ? limit : middleOf(grouped.get(concurrency) ?? []);
  const results: Result[] = [{ name: 'limit.plain.logins', value: limit.logins, unit: '/s' }];
  for (const together of GROUPS)
    results.push(beside(`limit.grouped.logins.c${together}`, limitAt(together).logins, '/s', limit.logins));
  for (const [concurrency, runs] of engine)
    results.push(
      beside(`engine.logins.c${concurrency}`, middleOf(runs).logins, '/s', limitAt(concurrency).logins),
    );
  for (const [concurrency, runs] of engine) {
    const { p50 } = middleOf(runs);
    results.push(beside(`engine.p50.c${concurrency}`, p50, 'ms', limitAt(concurrency).p50));
    results.push(beside(`engine.p99.c${concurrency}`, middleOf(runs).p99, 'ms', p50));
  }
  for (const [together, runs] of byHand) {
    const { logins } = middleOf(runs);
    results.push(beside(`limit.byhand.logins.c${together}`, logins, '/s', limitAt(together).logins));
    const ours = middleOf(engine.get(together) ?? []);
    results.push(beside(`engine.beside.byhand.c${together}`, ours.logins, '/s', logins));
  }
  for (const [together, runs] of peer) {
    results.push(
      beside(`peer.xstate.logins.c${together}`, middleOf(runs).logins, '/s', limitAt(together).logins),
    );
    const ours = engine.get(together) ?? [];
    const theirs = median(runs.map(({ logins }) => logins));
    results.push(beside(`engine.beside.xstate.c${together}`, middleOf(ours).logins, '/s', theirs));
  }
  const together = middleOf(inStep).logins;
  results.push(beside('peer.xstate.instep.logins.c64', together, '/s', limitAt(64).logins));
  const ours = middleOf(engine.get(64) ?? []).logins;
  results.push(beside('engine.beside.xstate.instep.c64', ours, '/s', together));
  return [
    ...results,
    { name: 'engine.work.events', value: work.events, unit: 'count' },
    { name: 'engine.work.messages', value: work.messages, unit: 'count' },
    beside('engine.work.rows', work.rows, 'count', ROWS),
    beside('engine.work.commits', work.commits, 'count', COMMITS),
    beside('engine.work.fsyncs', work.fsyncs, 'count', FSYNCS),
  ];
}

const beside = (name: string, value: number, unit: string, limit: number): Result => ({
  ...{ name, value, unit, limit },
  ratio: value / limit,
});
