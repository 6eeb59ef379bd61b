/** How long a fresh process takes to import a bundle, beside how long it takes for another. */
import { pathToFileURL } from 'node:url';
import { median } from './report/statistics.ts';
import { resultOf } from './start/child.ts';

/** What one import took, in ms: by the clock, and of a processor. Neither includes the start of Node itself. */
interface Import {
  clock: number;
  processor: number;
}

const script = (file: string) =>
  `const clock = performance.now(), before = process.cpuUsage();
  await import(${JSON.stringify(pathToFileURL(file).href)});
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({ clock: performance.now() - clock, processor: (user + system) / 1000 }));`;

async function importOnce(file: string, variables: { [name: string]: string }): Promise<Import> {
  return resultOf<Import>({
    options: ['--input-type=module', '--eval', script(file)],
    // The options of the deployed functions: reading the source map is a part of the cold start.
    environment: { ...variables, AWS_REGION: 'us-east-1', NODE_OPTIONS: '--enable-source-maps' },
  });
}

/**
 * In ms. Other work on the machine stretches the clock's time of an import many times over; what the processor has to do
 * for it stays nearly the same, and what is added never takes anything away: the least counts.
 */
export interface Times {
  /** The median by the clock. */
  clock: number;
  /** The least of a processor. */
  processor: number;
}

const timesOf = (imports: Import[]): Times => ({
  clock: median(imports.map(({ clock }) => clock)),
  processor: Math.min(...imports.map(({ processor }) => processor)),
});

/**
 * The two take turns, so that a noisy neighbour disturbs both.
 *
 * @param variables the environment of the bundle.
 */
export async function compareImports(
  file: string,
  baseline: string,
  variables: { [name: string]: string },
  rounds: number,
): Promise<{ times: Times; baseline: Times }> {
  // Neither pays for the first read from the disk.
  await importOnce(baseline, {});
  await importOnce(file, variables);
  const times: Import[] = [];
  const baselineTimes: Import[] = [];
  for (let round = 0; round < rounds; round++) {
    baselineTimes.push(await importOnce(baseline, {}));
    times.push(await importOnce(file, variables));
  }
  return { times: timesOf(times), baseline: timesOf(baselineTimes) };
}
