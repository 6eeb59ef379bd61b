/** What results are held to. Counted work is exact on any machine and fails a run; times depend on the machine and only warn. */
import budget from '../budget.json' with { type: 'json' };
import type { Result } from './result.ts';

/** All are about the ratio. Aims are what we want; floor and ceiling are generous: beyond them something has broken. */
export interface Timed {
  atLeast?: number;
  atMost?: number;
  floor?: number;
  ceiling?: number;
}

export interface Budget {
  /** Exact values, by name. */
  counted: { [name: string]: number };
  timed: { [name: string]: Timed };
}

export const theBudget: Budget = budget;

/** The aim in words, `≥ 0.80`; undefined where there is none. */
export function aimOf({ name }: Result, { timed }: Budget = theBudget): string | undefined {
  const { atLeast, atMost } = timed[name] ?? {};
  if (atLeast !== undefined) return `≥ ${atLeast.toFixed(2)}`;
  return atMost === undefined ? undefined : `≤ ${atMost.toFixed(2)}`;
}

/**
 * Whether the aim is met by the ratio as it is printed, in hundredths; undefined where there is none.
 */
export function isMet({ name, ratio }: Result, { timed }: Budget = theBudget): boolean | undefined {
  const { atLeast, atMost } = timed[name] ?? {};
  if (ratio === undefined || (atLeast === undefined && atMost === undefined)) return undefined;
  const printed = Math.round(ratio * 100) / 100;
  return printed >= (atLeast ?? Number.NEGATIVE_INFINITY) && printed <= (atMost ?? Number.POSITIVE_INFINITY);
}

/** What to warn of: aims that are missed, and times beyond floor or ceiling. */
export function warningsOf(results: readonly Result[], the: Budget = theBudget): string[] {
  return results.flatMap((result) => {
    const { name, ratio } = result;
    if (ratio === undefined) return [];
    const { floor = Number.NEGATIVE_INFINITY, ceiling = Number.POSITIVE_INFINITY } = the.timed[name] ?? {};
    const said = `${name} is ${ratio.toFixed(2)} of what was measured beside it`;
    if (ratio < floor || ratio > ceiling)
      return [`${said}: far from what it should be. Has something become slow, or is the machine busy?`];
    return isMet(result, the) === false ? [`${said}; the aim is ${aimOf(result, the)}`] : [];
  });
}

/** Where counted work is not what it must be: each in words. */
export function differencesOf(results: readonly Result[], { counted }: Budget = theBudget): string[] {
  return results.flatMap(({ name, value }) => {
    const wanted = counted[name];
    return wanted === undefined || wanted === value ? [] : [`${name} is ${value}, and must be ${wanted}`];
  });
}
