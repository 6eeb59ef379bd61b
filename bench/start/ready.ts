/** How long the embedded process takes from its start to its ready line. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { filled } from '../growth/fill.ts';
import type { Bench } from '../report/result.ts';
import { median } from '../report/statistics.ts';
import { runModule, startServer } from './child.ts';

export interface ReadyTimes {
  /** Of Node itself: a process that says something and ends. In ms, as all. */
  node: number;
  /** In a folder where nothing is yet: it makes the keys, the files and the password of the first user. */
  first: number;
  /** In the same folder, again. */
  empty: number;
  /** In a folder with so many instances. */
  many: number;
}

const settings = (folder: string) => ({ PORT: '0', DATA_DIR: folder });

async function readyMs(folder: string): Promise<number> {
  const server = await startServer({ module: 'local/main.ts', environment: settings(folder) });
  await server.stop();
  return server.readyMs;
}

async function bareMs(): Promise<number> {
  const begin = performance.now();
  await runModule('bench/start/nothing.ts', {});
  return performance.now() - begin;
}

/** All take turns; medians. The files of the large folder may be in the memory of the system, as after any restart of a process. */
export async function readyTimes(bench: Bench, instances: number, rounds: number): Promise<ReadyTimes> {
  const { folder: many } = await filled(bench, instances);
  const empty = bench.folder();
  const times: { [Name in keyof ReadyTimes]: number[] } = { node: [], first: [], empty: [], many: [] };
  for (let round = 1; round <= rounds; round++) {
    bench.progress(`start: round ${round} of ${rounds}`);
    times.node.push(await bareMs());
    const first = join(empty, `first-${round}`);
    times.first.push(await readyMs(first));
    times.empty.push(await readyMs(first));
    times.many.push(await readyMs(many));
    rmSync(first, { recursive: true });
  }
  const { node, first } = times;
  return {
    ...{ node: median(node), first: median(first) },
    ...{ empty: median(times.empty), many: median(times.many) },
  };
}
