/** How long a fresh process takes to import a bundle, beside how long it takes for another. */
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const script = (file: string) =>
  `const begun = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); ` +
  'process.stdout.write(String(performance.now() - begun));';

/** @returns ms, without the start of Node itself. */
async function importMs(file: string, variables: { [name: string]: string }): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script(file)],
    // The options of the deployed functions: reading the source map is a part of the cold start.
    { env: { ...variables, AWS_REGION: 'us-east-1', NODE_OPTIONS: '--enable-source-maps' } },
  );
  return Number(stdout);
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** In ms. Whatever else the machine does only adds: the least of many is what the import itself takes. */
export interface Times {
  median: number;
  least: number;
}

const timesOf = (values: number[]): Times => ({ median: median(values), least: Math.min(...values) });

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
  await importMs(baseline, {});
  await importMs(file, variables);
  const times: number[] = [];
  const baselineTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    baselineTimes.push(await importMs(baseline, {}));
    times.push(await importMs(file, variables));
  }
  return { times: timesOf(times), baseline: timesOf(baselineTimes) };
}
