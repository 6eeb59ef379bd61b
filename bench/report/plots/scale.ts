/** Axes: where a value lies, and where the ticks are. */

export interface Scale {
  /** @returns a coordinate, within the range given. */
  at(value: number): number;
  ticks: number[];
}

/** From 0 to a round number that is at least `most`; about five ticks. @param range coordinates of both ends. */
export function linear(most: number, [from, to]: readonly [number, number]): Scale {
  const rough = (most || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const steps = Math.ceil((most || 1) / step);
  const end = steps * step;
  return {
    at: (value) => from + ((to - from) * value) / end,
    ticks: Array.from({ length: steps + 1 }, (_, n) => Number((n * step).toPrecision(6))),
  };
}

/** From one power of ten to another, around all values; all must be above 0. Ticks at the powers, and between where these are few. */
export function logarithmic(values: readonly number[], [from, to]: readonly [number, number]): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const between = high - low <= 2 ? [1, 2, 5] : [1];
  const ticks = Array.from({ length: high - low }, (_, n) =>
    between.map((factor) => factor * 10 ** (low + n)),
  );
  return {
    at: (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low),
    ticks: [...ticks.flat(), 10 ** high].map((tick) => Number(tick.toPrecision(6))),
  };
}
