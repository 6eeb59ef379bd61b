import { median } from '../report/statistics.ts';

/** How long something takes, in µs. */
export interface Took {
  clock: number;
  /** Of a processor, all threads of this process together: what waiting for the disk does not disturb. */
  processor: number;
}

export async function timed(task: () => Promise<unknown> | unknown): Promise<Took> {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  await task();
  const clock = (performance.now() - begin) * 1_000;
  const { user, system } = process.cpuUsage(used);
  return { clock, processor: user + system };
}

/** The medians of both. */
export const middleOf = (taken: readonly Took[]): Took => ({
  clock: median(taken.map(({ clock }) => clock)),
  processor: median(taken.map(({ processor }) => processor)),
});
