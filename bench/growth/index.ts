/** What grows with what: the cost of one event, of a pass of the reconciler, and the memory of the process. */
import type { Bench, Part, Result } from '../report/result.ts';
import { runModule } from '../start/child.ts';
import { deferredGrowth } from './deferred.ts';
import { historyGrowth } from './history.ts';
import { instanceGrowth } from './instances.ts';
import type { Run, Sample } from './memory.ts';
import { overdueGrowth, type PassTimes } from './overdue.ts';

/** `1e4` of 10,000; small ones as they are. */
const short = (count: number): string =>
  count < 100 ? String(count) : count.toExponential().replace('+', '');

/** Each beside the first of them. */
const beside = (sizes: readonly number[], values: readonly number[], nameOf: (size: number) => string) => {
  const [limit = Number.NaN] = values;
  return sizes.map((size, index): Result => {
    const value = values[index] ?? Number.NaN;
    return { name: nameOf(size), value, unit: 'µs', limit, ratio: value / limit };
  });
};

async function instances(bench: Bench): Promise<Result[]> {
  const sizes = [1e2, 1e4, 1e6];
  const times = await instanceGrowth(bench, sizes);
  return [
    ...beside(
      sizes,
      times.map(({ login }) => login),
      (size) => `growth.instances.${short(size)}`,
    ),
    ...beside(
      sizes,
      times.map(({ logout }) => logout),
      (size) => `growth.instances.old.${short(size)}`,
    ),
  ];
}

async function history(bench: Bench): Promise<Result[]> {
  const lengths = [10, 1e3, 1e5];
  bench.progress('histories');
  return beside(lengths, await historyGrowth(lengths, 300), (length) => `growth.history.${short(length)}`);
}

async function deferred(bench: Bench): Promise<Result[]> {
  const counts = [0, 10, 100];
  bench.progress('deferred events');
  const times = await deferredGrowth(counts, 200);
  const bytes = times.map(({ bytes }) => bytes);
  return [
    ...beside(
      counts,
      times.map(({ engine }) => engine),
      (count) => `growth.deferred.${count}`,
    ),
    ...beside(
      counts,
      times.map(({ plain }) => plain),
      (count) => `growth.deferred.plain.${count}`,
    ),
    ...beside(counts, bytes, (count) => `growth.deferred.bytes.${count}`).map((one) => ({
      ...one,
      unit: 'bytes',
    })),
  ];
}

/** Each beside the same number of due instances where less exists; there, beside the fewest that are due. */
async function overdue(bench: Bench): Promise<Result[]> {
  const [few, many] = [1e3, 1e6];
  const all = await overdueGrowth(bench, [few, many], [0, 10, 1e4, 1e5]);
  const nameOf = ({ existing, due }: PassTimes) =>
    `growth.overdue.${due === 0 ? 'none' : short(due)}${existing === many ? `.among.${short(many)}` : ''}`;
  const besideOf = ({ existing, due }: PassTimes) =>
    all.find((one) => one.existing === few && one.due === (existing === many || due === 0 ? due : 10));
  return all.flatMap((one) =>
    (['clock', 'processor'] as const).map((what): Result => {
      const limit = besideOf(one)?.[what] ?? Number.NaN;
      const name = `${nameOf(one)}${what === 'processor' ? '.processor' : ''}`;
      return { name, value: one[what], unit: 'µs', limit, ratio: one[what] / limit };
    }),
  );
}

/** The process is asked for a million; where the machine is too slow for that, as many as the time allows. */
async function memory(bench: Bench): Promise<Result[]> {
  const capMs = 6 * 60_000;
  const steps = [1e4, ...Array.from({ length: bench.quick ? 2 : 20 }, (_, n) => (n + 1) * 5e4)];
  bench.progress(`memory: up to ${steps.at(-1)} logins, or ${capMs / 60_000} minutes`);
  const { samples } = await runModule<{ samples: Sample[] }>(
    'bench/growth/memory.ts',
    { folder: bench.folder(), steps, capMs } satisfies Run,
    ['--expose-gc'],
  );
  const last = samples.at(-1);
  /** Until then SQLite fills its pages, and V8 finds its size; the heap alone is as it will be much sooner. */
  const settled = { heap: 1e4, rss: 1e5 };
  const figures = (['heap', 'rss'] as const).flatMap((what): Result[] => {
    const first = samples.find(({ logins }) => logins === settled[what]);
    if (!first || !last) throw new Error(`there is no sample after ${settled[what]} logins`);
    const [limit, value] = [first[what], last[what]];
    return [
      { name: `memory.${what}.after.${short(settled[what])}`, value: limit, unit: 'bytes' },
      { name: `memory.${what}.after.last`, value, unit: 'bytes', limit, ratio: value / limit },
    ];
  });
  return [{ name: 'memory.logins', value: last?.logins ?? 0, unit: 'count' }, ...figures];
}

export const part: Part = {
  name: 'growth',
  title: 'Growth: what one event costs where there is much of everything',
  async measure(bench) {
    const results: Result[] = [];
    for (const measure of [history, deferred, instances, overdue, memory])
      results.push(...(await measure(bench)));
    return results;
  },
};
