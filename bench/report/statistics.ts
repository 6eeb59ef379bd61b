/** The middle of some values: of an even number, the mean of the middle two. 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const above = Math.floor(sorted.length / 2);
  const [upper = 0, lower = upper] = [sorted[above], sorted[above - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/** @param share from 0 to 1: 0.99 is the value that at most one in a hundred is above. 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
