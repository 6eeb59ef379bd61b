/** Many runs, told to people. */

import type { Cast } from './cast.ts';
import { historyOf } from './history.ts';
import { type Failure, shortest } from './shrink.ts';
import { type Attempt, nothing, simulate, type Tally } from './simulate.ts';

interface Wanted {
  /** The first seed; the others follow it. */
  from: number;
  seeds: number;
  seconds: number;
  /** After so many steps a run is calm. */
  steps: number | undefined;
  /** Whose day it is. */
  only: readonly Cast[] | undefined;
  /** After so many orders it is enough. */
  orders: number;
  /** The instance whose history is wanted, or `all`. */
  history: string | undefined;
  /** The deliberate bug in the engine: the first violation is the end. */
  bug: string | undefined;
  /** Whether violations are only named. */
  brief: boolean;
  /** Whether no more runs are wanted. */
  enough: () => boolean;
}

/** How many failing runs are made shorter and shown whole. */
const SHOWN = 3;
/** How many runs are spent on making one shorter that has no end: each takes long. */
const ENDLESS_TRIES = 8;
/** How much of a history: that of a run without an end is as long as its patience. */
const LINES = 400;

const print = (text: string) => process.stdout.write(`${text}\n`);

/** @returns the number of violations. */
export async function report(wanted: Wanted): Promise<number> {
  const startedAt = performance.now();
  const tally = nothing();
  let told = startedAt;
  let failures = 0;
  const inTime = () => performance.now() - startedAt < wanted.seconds * 1000;
  for (let n = 0; n < wanted.seeds && tally.orders < wanted.orders && inTime() && !wanted.enough(); n++) {
    const seed = wanted.from + n;
    const attempt = await simulate(seed, tally, { steps: wanted.steps, only: wanted.only });
    if (wanted.history !== undefined) tell(attempt, wanted.history);
    if (attempt.failure && (wanted.brief || ++failures > SHOWN)) name(attempt.failure);
    else if (attempt.failure) await show(attempt.failure, wanted);
    if (attempt.failure && wanted.bug !== undefined) break;
    if (performance.now() - told > 10_000) {
      told = performance.now();
      process.stderr.write(
        `seed ${seed}: ${tally.seeds} seeds, ${tally.events} events, ${tally.violations} violations\n`,
      );
    }
  }
  sum(tally, startedAt);
  return tally.violations;
}

/** The histories that were asked for. */
function tell({ run }: Attempt, wanted: string): void {
  const ids = new Set(run?.around.trace.of('asked').map(({ flowId }) => flowId));
  if (wanted !== 'all' && !ids.has(wanted)) {
    print(`There is no instance ${wanted} in this run. There are: ${[...ids].join(', ')}.`);
  }
  for (const flowId of ids) {
    if (run && (wanted === 'all' || wanted === flowId)) printHistory(historyOf(run, flowId), flowId);
  }
}

function printHistory(lines: string[], flowId: string): void {
  const left = lines.length - LINES;
  const middle = left > 0 ? [`        … ${left} lines …`] : [];
  const shown = left > 0 ? [...lines.slice(0, LINES / 2), ...middle, ...lines.slice(-LINES / 2)] : lines;
  print(`\nHistory of ${flowId} (step, time, what):\n${shown.join('\n')}\n`);
}

function name({ seed, violations }: Failure): void {
  print(`\nseed ${seed}: ${violations.length} violations`);
  for (const { invariant, flowId, message } of violations.slice(0, 10)) {
    print(`  invariant ${invariant}${flowId ? `, ${flowId}` : ''}: ${message}`);
  }
}

async function show(found: Failure, { bug, only, enough }: Wanted): Promise<void> {
  print(
    `\nseed ${found.seed}: ${found.violations.length} violations. Looking for a shorter run that fails …`,
  );
  const best = await shortest(found, found.run?.endless && ENDLESS_TRIES, enough);
  const same = `${bug === undefined ? '' : ` --bug "${bug}"`}${only ? ` --only ${only.join(',')}` : ''}`;
  print(`Again: npm run simulate -- --seed ${best.seed} --steps ${best.steps}${same}\n`);
  for (const { invariant, flowId, message } of best.violations.slice(0, 10)) {
    print(`  invariant ${invariant}${flowId ? `, ${flowId}` : ''}: ${message}`);
  }
  const flowId = best.violations.find((violation) => violation.flowId)?.flowId;
  if (flowId && best.run) printHistory(historyOf(best.run, flowId), flowId);
}

function sum(tally: Tally, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1000;
  process.stderr.write(`${Math.round(tally.events / seconds)} events a second\n`);
  print(`\nseeds ${tally.seeds}, events ${tally.events}, orders ${tally.orders}`);
  print(`crashes ${tally.crashes}`);
  for (const [kind, count] of Object.entries(tally.faults).sort()) print(`  ${kind.padEnd(17)} ${count}`);
  print(`violations ${tally.violations}`);
  print(JSON.stringify(tally));
}
