/** Visitors who come by chance and go from place to place: a simulation by events. */
import { Heap } from './heap.ts';
import type { Random } from './random.ts';
import { type Server, Slots } from './stations.ts';

export interface Visit<Place> {
  place: Place;
  /** Units, or seconds of a hold; drawn anew for each visitor where it is a function. */
  amount: number | (() => number);
  /** What comes next waits for the end of this; otherwise only for its begin. */
  through: boolean;
}

export interface NetworkOptions<Place> {
  places: ReadonlyMap<Place, Server>;
  /** The way of each visitor. */
  path: readonly Visit<Place>[];
  /** Visitors a second. */
  rate: number;
  visitors: number;
  random: Random;
}

/** What was seen at one place. */
export interface Seen {
  /** Seconds of waiting on the average, the first quarter of the run left out. */
  wait: number;
  /** By how many seconds the wait grows in a second, in that of the last two quarters in which it grows less. */
  growth: number;
  /** How many slots were taken on the average, over the second half; 0 where there are none. */
  busy: number;
}

const QUARTERS = 4;
// Under jest each look at a global costs more than a visit.
const { floor } = Math;

/** Sums of one place. */
interface Sums {
  server: Server;
  waited: Float64Array;
  visits: Float64Array;
  busy: number;
}

/** Runs until the last visitor has come: what would happen later is left out. */
export function runNetwork<Place>(options: NetworkOptions<Place>): Map<Place, Seen> {
  const { places, path, rate, visitors, random } = options;
  const lasted = visitors / rate;
  const none = () => new Float64Array(QUARTERS);
  const sums = new Map<Place, Sums>(
    [...places].map(([place, server]) => [place, { server, waited: none(), visits: none(), busy: 0 }]),
  );
  const way = path.map(({ place, ...visit }) => ({ ...visit, at: known(sums.get(place)) }));
  const slots = [...sums.values()].filter(({ server }) => server instanceof Slots);
  const events = new Heap<{ at: number; step: number }>(({ at }) => at);
  let watches = 0;
  const comes = (at: number): void => {
    if (at < lasted) events.push({ at, step: 0 });
  };
  comes(random.exponential(1 / rate));
  // Who is next anyway goes on without a turn through the heap.
  for (let event = events.pop(); event; event = events.pop()) {
    let { at, step } = event;
    if (step === 0) comes(at + random.exponential(1 / rate));
    // Who comes by chance sees the average of all times.
    if (step === 0 && at > lasted / 2) {
      watches++;
      for (const one of slots) one.busy += (one.server as Slots).busy(at);
    }
    for (let visit = way[step]; visit && at < lasted; visit = way[step]) {
      step++;
      const amount = typeof visit.amount === 'number' ? visit.amount : visit.amount();
      const { begin, end } = visit.at.server.serve(at, amount);
      const quarter = floor((QUARTERS * at) / lasted);
      const { waited, visits } = visit.at;
      waited[quarter] = (waited[quarter] ?? 0) + begin - at;
      visits[quarter] = (visits[quarter] ?? 0) + 1;
      at = visit.through ? end : begin;
      const next = events.peek();
      if (next && next.at < at) break;
    }
    if (at < lasted && step < path.length) events.push({ at, step });
  }
  return new Map([...sums].map(([place, one]) => [place, seenOf(one, lasted, watches)]));
}

function known(sums: Sums | undefined): Sums {
  if (!sums) throw new Error('the path leads to a place that is none');
  return sums;
}

function seenOf({ waited, visits, busy }: Sums, lasted: number, watches: number): Seen {
  const [, ...later] = Array.from(waited, (sum, quarter) => ({ sum, visits: visits[quarter] ?? 0 }));
  const total = later.reduce((all, one) => ({ sum: all.sum + one.sum, visits: all.visits + one.visits }));
  const mean = (one: { sum: number; visits: number } | undefined) => (one?.visits ? one.sum / one.visits : 0);
  const [second = 0, third = 0, fourth = 0] = later.map(mean);
  return {
    wait: mean(total),
    growth: (Math.min(third - second, fourth - third) * QUARTERS) / lasted,
    busy: watches > 0 ? busy / watches : 0,
  };
}
