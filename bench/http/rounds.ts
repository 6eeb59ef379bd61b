/** Logins and their limit, taking turns, with few and with many under way at once. */
import type { Bench, Result } from '../report/result.ts';
import { median } from '../report/statistics.ts';

/** What one round came to. */
export interface Figures {
  perSecond: number;
  /** Of one login, in ms. */
  p50: number;
  p99: number;
}

export interface Sizes {
  rounds: number;
  /** Of a round, by how many are under way at once; multiples of that. */
  logins: { [atOnce: number]: number };
}

/** Does so many, so many at once. */
export type Shoot = (logins: number, atOnce: number) => Promise<Figures>;

export interface Contest {
  /** As in the names of the results: `cheap`. */
  name: string;
  sizes: Sizes;
  limit: Shoot;
  /** The name of the limit, and how many of its units are a login. */
  limitIs: { name: string; each: number };
  ours: Shoot;
}

/** For each number at once: the limit, logins per second, and the percentiles of one login, each beside the limit's. */
export async function contest(
  { progress }: Bench,
  { name, sizes: { rounds, logins }, limit, limitIs, ours }: Contest,
): Promise<Result[]> {
  const all = Object.entries(logins).map(([atOnce, count]) => ({
    ...{ atOnce: Number(atOnce), count },
    ...{ limits: [] as Figures[], own: [] as Figures[] },
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const { atOnce, count, limits, own } of all) {
      progress(`http, ${name}, ${atOnce} at once: round ${round} of ${rounds}`);
      limits.push(await limit(count, atOnce));
      own.push(await ours(count, atOnce));
    }
  }
  return all.flatMap(({ atOnce, limits, own }): Result[] => {
    const [value, beside] = [middleOf(own), middleOf(limits)];
    return [
      { name: `${limitIs.name}.c${atOnce}`, value: limitIs.each * beside.perSecond, unit: '/s' },
      ...besides(`${name}.c${atOnce}`, value, beside),
    ];
  });
}

const middleOf = (rounds: readonly Figures[]): Figures => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
});

function besides(name: string, ours: Figures, limits: Figures): Result[] {
  const beside = (what: keyof Figures, called: string, unit: string): Result => {
    const [value, limit] = [ours[what], limits[what]];
    return { name: `http.${called}.${name}`, value, unit, limit, ratio: value / limit };
  };
  return [beside('perSecond', 'logins', '/s'), beside('p50', 'p50', 'ms'), beside('p99', 'p99', 'ms')];
}
