/** Chance that can be had again: moments and choices follow from one number. */
import { test } from '@jest/globals';

/** Fixed, so that a red run is due to the change under test; `CRASH_SEED=$RANDOM npm test -- test/crash` looks elsewhere. */
const seed = Number(process.env['CRASH_SEED'] ?? 20_261_124);

export interface Chance {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** Chance of its own for each of several that run at once: none depends on who is faster. */
  split(): Chance;
}

export function chanceOf(start: number): Chance {
  let state = start >>> 0;
  /** mulberry32: 32 bits of state, good enough to spread moments. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number) => next() % limit;
  return {
    below,
    pick<T>(list: readonly T[]): T {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    split: () => chanceOf(next()),
  };
}

/** A test that is given chance. Its name says how to have the same again. */
export const byChance = (name: string, run: (chance: Chance) => Promise<void>): void =>
  test(`${name} [CRASH_SEED=${seed}]`, () => run(chanceOf(seed)));
