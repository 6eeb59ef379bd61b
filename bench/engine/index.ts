/** Part 1: durable logins per second of the embedded engine, beside the physical limits, a login by hand, and a peer. */
import { definitionCost } from '../definition.ts';
import type { Bench, Part } from '../report/result.ts';
import { roundsWithin } from '../report/rounds.ts';
import { type Contender, openContenders } from './contenders.ts';
import { type Rounds, resultsOf } from './results.ts';
import { sharesOf } from './shares.ts';

/** Rounds, and logins of a round: one at a time, and many at once. Many short rounds: what disturbs, disturbs only some of them. */
const sizes = { quick: { rounds: 6, one: 100, many: 512 }, full: { rounds: 16, one: 400, many: 1_024 } };

/** A short run on a slow machine has fewer rounds. */
const QUICK_MS = 18_000;

export const part: Part = {
  name: 'engine',
  title: 'Engine, embedded: durable logins',
  quick: true,
  async measure(bench) {
    bench.progress('engine: opening all contenders');
    const contenders = await openContenders(bench.folder());
    try {
      const results = resultsOf(await roundsOf(bench, contenders.all), contenders.work);
      bench.progress('engine: the definition alone');
      return [...results, ...sharesOf(results, await definitionCost())];
    } finally {
      await contenders.close();
    }
  },
};

/** All take turns in every round, in an order that turns round, so that nobody always comes after the same one. */
async function roundsOf(bench: Bench, contenders: Contender[]): Promise<Rounds> {
  const { rounds: count, ...logins } = bench.quick ? sizes.quick : sizes.full;
  const found: Rounds = new Map(contenders.map(({ name }) => [name, []]));
  bench.progress('engine: warming up');
  for (const { size, run } of contenders) await run(Math.ceil(logins[size] / 4));
  const goesOn = roundsWithin(bench.quick ? QUICK_MS : Number.POSITIVE_INFINITY);
  for (let round = 1; round <= count && goesOn(round); round++) {
    bench.progress(`engine: round ${round} of ${count}`);
    const turned = round % 2 === 0 ? contenders.toReversed() : contenders;
    for (const { name, size, run } of turned) found.get(name)?.push(await run(logins[size]));
  }
  return found;
}
