/** What grows with what: the cost of one event, of a pass of the reconciler, and the memory of the process. */
import type { Bench, Part, Result } from '../report/result.ts';
import { deferredGrowth } from './deferred.ts';
import { memory } from './held.ts';
import { historyGrowth } from './history.ts';
import { instanceGrowth } from './instances.ts';
import { overdueGrowth, type PassTimes } from './overdue.ts';
import type { Took } from './times.ts';

/** `1e4` of 10,000; small ones as they are. */
const short = (count: number): string =>
  count < 100 ? String(count) : count.toExponential().replace('+', '');

/** Each beside the first of them: by the clock, which contains the fsyncs, and of a processor alone. */
const beside = (
  sizes: readonly number[],
  times: readonly Took[],
  nameOf: (size: number) => string,
): Result[] =>
  (['clock', 'processor'] as const).flatMap((what) =>
    besideFirst(
      times.map((took) => took[what]),
      'µs',
      (index) => `${nameOf(sizes[index] ?? 0)}${what === 'processor' ? '.processor' : ''}`,
    ),
  );

const besideFirst = (values: readonly number[], unit: string, nameOf: (index: number) => string) => {
  const [limit = Number.NaN] = values;
  return values.map(
    (value, index): Result => ({ name: nameOf(index), value, unit, limit, ratio: value / limit }),
  );
};

async function instances(bench: Bench): Promise<Result[]> {
  const sizes = [1e2, 1e4, 1e6];
  const times = await instanceGrowth(bench, sizes);
  const named = (prefix: string) => (size: number) => `${prefix}.${short(size)}`;
  const [logins, logouts] = [times.map(({ login }) => login), times.map(({ logout }) => logout)];
  return [
    ...beside(sizes, logins, named('growth.instances')),
    ...beside(sizes, logouts, named('growth.instances.old')),
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
  const [engine, plain] = [times.map(({ engine }) => engine), times.map(({ plain }) => plain)];
  const bytes = times.map(({ bytes }) => bytes);
  return [
    ...beside(counts, engine, (count) => `growth.deferred.${count}`),
    ...beside(counts, plain, (count) => `growth.deferred.plain.${count}`),
    ...besideFirst(bytes, 'bytes', (index) => `growth.deferred.bytes.${counts[index]}`),
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
