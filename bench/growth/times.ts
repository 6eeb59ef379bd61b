/** How long a task takes, in µs. */
export async function timed(task: () => Promise<unknown> | unknown): Promise<number> {
  const begin = performance.now();
  await task();
  return (performance.now() - begin) * 1_000;
}
