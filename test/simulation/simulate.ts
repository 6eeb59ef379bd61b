/** One run and its checks, counted. */
import { check } from './checks/index.ts';
import type { Violation } from './checks/violation.ts';
import { busiest } from './history.ts';
import { type Plan, type Run, run } from './run.ts';

/** What many runs came to; also the last line that `npm run simulate` prints. */
export interface Tally {
  seeds: number;
  events: number;
  /** That were placed. */
  orders: number;
  crashes: number;
  faults: { [kind: string]: number };
  violations: number;
}

export interface Failure {
  seed: number;
  /** After so many steps the world was calm. */
  steps: number;
  plan: Plan;
  violations: Violation[];
  /** Nothing is left of a run that broke off. */
  run?: Run;
}

export interface Attempt {
  run?: Run;
  failure?: Failure;
}

export const nothing = (): Tally => ({
  seeds: 0,
  events: 0,
  orders: 0,
  crashes: 0,
  faults: {},
  violations: 0,
});

export async function attempt(seed: number, plan: Plan = {}): Promise<Attempt> {
  try {
    const done = await run(seed, plan);
    const violations = done.endless ? [restless(done)] : check(done);
    if (violations.length === 0) return { run: done };
    return { run: done, failure: { seed, plan, steps: done.calmAt, violations, run: done } };
  } catch (error) {
    const message = `the run broke off: ${(error as Error).stack}`;
    return { failure: { seed, plan, steps: plan.steps ?? 0, violations: [{ invariant: 7, message }] } };
  }
}

/** The checks ask for an end; of a run without one, only that can be said, and of whom it speaks. */
function restless(run: Run): Violation {
  const flowId = busiest(run);
  return { invariant: 7, ...(flowId !== undefined && { flowId }), message: 'it does not come to rest' };
}

/** Runs one seed, checks what is left, and adds it to the tally. */
export async function simulate(seed: number, tally: Tally, plan?: Plan): Promise<Attempt> {
  const made = await attempt(seed, plan);
  tally.seeds++;
  tally.events += made.run?.events ?? 0;
  tally.orders += made.run ? ordersIn(made.run) : 0;
  tally.violations += made.failure?.violations.length ?? 0;
  for (const [kind, count] of Object.entries(made.run?.around.faults.counts ?? {})) {
    if (kind === 'crash') tally.crashes += count;
    else tally.faults[kind] = (tally.faults[kind] ?? 0) + count;
  }
  return made;
}

const ordersIn = ({ over, checkouts: { kit } }: Run): number =>
  over.items.filter(({ pk, sk }) => sk === 'record' && pk.startsWith(`${kit.flow.name}#`)).length;
