/** Times, and what they come to. */

/** NaN of nothing. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** How long a task takes, in µs. */
export async function timed(task: () => Promise<unknown> | unknown): Promise<number> {
  const begin = performance.now();
  await task();
  return (performance.now() - begin) * 1_000;
}
