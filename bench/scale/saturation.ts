/** Finds, by simulation alone, at which rate a deployment gives out, and where. */
import type { Seen } from './network.ts';
import { type Place, type RunOptions, simulate } from './simulate.ts';

/** A wait that grows by more than this, in seconds a second, grows for good; chance alone stays below it. */
const GROWS = 0.015;
/** Of the logins of a run, as far as the rates looked at are further from each other than this. */
const NEAR = 0.3;
const FROM_AFAR = 0.3;

/** Where queues grow, the fastest first. */
export function growing(seen: ReadonlyMap<Place, Seen>): Place[] {
  return [...seen]
    .filter(([, { growth }]) => growth > GROWS)
    .toSorted(([, one], [, other]) => other.growth - one.growth)
    .map(([place]) => place);
}

export interface Saturation {
  /** Logins a second: the lowest rate tried at which a queue grew. */
  rate: number;
  /** The first place where one grew. */
  place: Place;
}

/**
 * Doubles the rate until a queue grows, then closes in.
 *
 * @param options `rate` is where it begins.
 * @param precision by how much the rate may be wrong, as a share of it; that of chance comes on top.
 * @throws Error where none grows at a thousand times the rate.
 */
export function saturation(options: RunOptions, precision: number): Saturation {
  // From afar a short look is enough.
  const at = (rate: number, share: number) =>
    growing(simulate({ ...options, rate, logins: options.logins * share }))[0];
  let low = options.rate / 2;
  let high = options.rate;
  let place = at(high, FROM_AFAR);
  for (; place === undefined; place = at(high, FROM_AFAR)) {
    low = high;
    high *= 2;
    if (high > options.rate * 1_000) throw new Error('nothing gives out');
  }
  while (high - low > low * precision) {
    const middle = (low + high) / 2;
    const found = at(middle, high - low > low * NEAR ? FROM_AFAR : 1);
    if (found === undefined) low = middle;
    else {
      high = middle;
      place = found;
    }
  }
  return { rate: high, place };
}
