/** The fixed seeds: nothing is lost, nothing doubled, and everything that can go wrong did. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { rows } from '../../core/definition.ts';
import { casts } from './cast.ts';
import { historyOf } from './history.ts';
import { type Run, run } from './run.ts';
import { shortest } from './shrink.ts';
import { attempt, type Failure, nothing, simulate } from './simulate.ts';
import { faultKinds } from './world/faults.ts';

const SEEDS = 200;

/** What a person needs to find the fault. */
async function explained(failure: Failure): Promise<string> {
  const { seed, steps, violations, run: shorter } = await shortest(failure);
  const flowId = violations.find((violation) => violation.flowId)?.flowId;
  return [
    `npm run simulate -- --seed ${seed} --steps ${steps}`,
    ...violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`),
    ...(flowId && shorter ? historyOf(shorter, flowId) : []),
  ].join('\n');
}

test(`${SEEDS} seeds without a violation, in all weathers`, async () => {
  const tally = nothing();
  const runs: Run[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { run: done, failure } = await simulate(seed, tally);
    expect(failure && (await explained(failure))).toBeUndefined();
    if (done) runs.push(done);
  }
  expect(tally).toMatchObject({ seeds: SEEDS, violations: 0 });
  expect(tally.events).toBeGreaterThan(10_000);
  expect(tally.orders).toBeGreaterThan(500);

  // A check is worth what the runs show it.
  const kinds = Object.keys(tally.faults);
  expect(faultKinds.filter((kind) => kind !== 'crash' && !kinds.includes(kind))).toEqual([]);
  expect(new Set(runs.map(({ kind }) => kind))).toEqual(new Set(['embedded', 'distributed']));
  expect(crashPoints(runs)).toEqual(new Set(points));
  // Each of them is checked for its one winner.
  expect(runs.reduce((sum, one) => sum + racesIn(one), 0)).toBeGreaterThanOrEqual(1_000);
  for (const flow of casts) {
    const { definition, name } = (runs[0] as Run)[flow].kit.flow;
    const moves = movesOf(runs, name);
    const missing = rows(definition).filter(({ state, event }) => !moves.has(`${state} ${event}`));
    expect(missing).toEqual([]);
    const states = Object.entries(definition.States).flatMap(([state, { Parameters }]) =>
      Parameters?.['state'] === state ? [state] : [],
    );
    expect(states.filter((state) => !moves.has(`→ ${state}`))).toEqual([]);
  }
}, 300_000);

/** Payments that were told to authorise and to abort at the same instant. */
function racesIn({ around }: Run): number {
  const asked = Map.groupBy(around.trace.of('asked'), ({ flowId }) => flowId);
  const both = ['Authorize', 'Abort'];
  return [...asked.values()].filter((all) =>
    both.every((type) => all.some(({ event }) => event.type === type)),
  ).length;
}

const points = ['load', 'resolve', 'commit', 'claim', 'perform', 'mark'].flatMap((what) => [
  `${what}.before`,
  `${what}.after`,
]);

const crashPoints = (runs: Run[]) =>
  new Set(runs.flatMap(({ around }) => around.trace.of('crashed').map(({ detail }) => detail.split(' ')[0])));

/** Which rows were taken, and which states reached. */
function movesOf(runs: Run[], flow: string): Set<string> {
  const trails = runs.flatMap(({ over }) =>
    over.items.flatMap(({ pk, sk, item }) =>
      pk.startsWith(`${flow}#`) && sk === 'record'
        ? (item['trail'] as unknown as { from: string; to: string; type: string }[])
        : [],
    ),
  );
  return new Set(trails.flatMap(({ from, type, to }) => [`${from} ${type}`, `→ ${to}`]));
}

/** Everything that happened; of an answer, not the token, whose signature is another one each time. */
function digest({ around }: Run): string {
  const text = JSON.stringify(around.trace.all, (name, value) => (name === 'token' ? 'token' : value));
  return createHash('sha256').update(text).digest('hex');
}

test('a seed gives the same run again, a prefix of it begins the same', async () => {
  for (const seed of [4, 7, 11, 22]) {
    const [first, again] = [await run(seed), await run(seed)];
    expect(digest(again)).toBe(digest(first));
    const steps = Math.floor(first.calmAt / 2);
    const prefix = await run(seed, { steps });
    const before = ({ around }: Run) => around.trace.all.filter(({ step }) => step < steps).length;
    expect(prefix.around.trace.all.slice(0, before(first)).map(({ what }) => what)).toEqual(
      first.around.trace.all.slice(0, before(first)).map(({ what }) => what),
    );
    expect(digest(await run(seed + 1000))).not.toBe(digest(first));
  }
}, 60_000);

test('a run that does not come to rest is told with all that happened in it', async () => {
  const { run: given, failure } = await attempt(4, { patience: 300 });
  expect(failure).toMatchObject({
    seed: 4,
    steps: given?.calmAt,
    violations: [{ invariant: 7, flowId: expect.any(String), message: 'it does not come to rest' }],
  });
  expect(given).toMatchObject({ endless: true, around: { scheduler: { steps: 301 } } });
  expect(given?.events).toBeGreaterThan(0);
  expect(historyOf(given as Run, String(failure?.violations[0]?.flowId))).not.toEqual([]);
});
