/** What the process holds after very many logins, beside what it held when it had settled. */
import type { Bench, Result } from '../report/result.ts';
import { runModule } from '../start/child.ts';
import type { Run, Sample } from './memory.ts';

/** Where the machine is too slow for all logins, it does as many as the time allows, in ms. */
const CAP_MS = 20 * 60_000;

/** Logins until then: SQLite fills its pages, and V8 finds its size; the heap alone is as it will be much sooner. */
const SETTLED = { heap: 1e4, rss: 1e5 };

/** A million logins, or 100,000 in a short run. */
export async function memory(bench: Bench): Promise<Result[]> {
  const steps = [1e4, ...Array.from({ length: bench.quick ? 2 : 20 }, (_, n) => (n + 1) * 5e4)];
  const asked = steps.at(-1) ?? 0;
  bench.progress(`memory: ${asked} logins`);
  const input: Run = { folder: bench.folder(), steps, capMs: CAP_MS };
  const { samples } = await runModule<{ samples: Sample[] }>('bench/growth/memory.ts', input, {
    options: ['--expose-gc'],
    told: (text) => bench.progress(`memory: ${text}`),
  });
  const done = samples.at(-1)?.logins ?? 0;
  if (done < asked)
    bench.progress(
      `warning: memory: in ${CAP_MS / 60_000} minutes this machine did ${done} of ${asked} logins`,
    );
  return heldIn(samples, asked);
}

/**
 * The most of all that was seen since the process had settled: the last sample alone could be a lucky one.
 *
 * @param asked how many logins were to be done.
 * @returns for heap and rss as far as the samples go.
 */
export function heldIn(samples: readonly Sample[], asked: number): Result[] {
  const done = samples.at(-1)?.logins ?? 0;
  const figures = (['heap', 'rss'] as const).flatMap((what): Result[] => {
    const settled = samples.findIndex(({ logins }) => logins >= SETTLED[what]);
    const limit = samples[settled]?.[what];
    const since = samples.slice(settled + 1);
    if (limit === undefined || since.length === 0) return [];
    const value = Math.max(...since.map((sample) => sample[what]));
    return [
      { name: `limit.memory.${what}`, value: limit, unit: 'bytes' },
      { name: `memory.${what}.most`, value, unit: 'bytes', limit, ratio: value / limit },
    ];
  });
  return [
    { name: 'memory.logins', value: done, unit: 'count', limit: asked, ratio: done / asked },
    ...figures,
  ];
}
