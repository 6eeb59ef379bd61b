/**
 * `npm run bench:cold`: what each Lambda function costs at a cold start, against its budget in cold-budget.json. The import
 * of a bundle is compared, in the same run, with that of a bundle which makes the function's AWS SDK clients and does
 * nothing else. Exits 1 over budget.
 */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleEntry } from '../infra/bundle.ts';
import { type Entry, variablesOf } from '../lambdas/environment.ts';
import budget from './cold-budget.json' with { type: 'json' };
import { compareImports } from './cold-import.ts';

const ROUNDS = 11;

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** In the checkout, so that the modules there find their packages. */
const folder = at('dist/cold');
const print = (text: string) => process.stdout.write(`${text}\n`);

/** A bundle that makes these clients, and Stripe's where it is wanted; with none, an empty module. */
async function baselineOf(clients: readonly string[], stripe: boolean): Promise<string> {
  const name = ['baseline', ...clients, ...(stripe ? ['stripe'] : [])].join('-');
  const source = join(folder, `${name}.ts`);
  const made = clients.map((client) => {
    const type = budget.clients[client as keyof typeof budget.clients];
    return `import { ${type} } from '@aws-sdk/client-${client}';\nnew ${type}({});\n`;
  });
  if (stripe) made.push("import Stripe from 'stripe';\nnew Stripe('key');\n");
  writeFileSync(source, `${made.join('')}export const handler = () => {};\n`);
  await bundleEntry(source, join(folder, `${name}.mjs`));
  return join(folder, `${name}.mjs`);
}

const row = (cells: string[]) =>
  cells.map((cell, n) => (n === 0 ? cell.padEnd(26) : cell.padStart(10))).join('');

interface Limits {
  bytes: number;
  milliseconds?: number;
  ratio?: number;
  stripe?: boolean;
}

/** Measures one bundle and prints its line. @returns how many of its limits it is over. */
async function report(
  name: string,
  file: string,
  clients: string[],
  variables: { [name: string]: string },
  {
    bytes,
    milliseconds = Number.POSITIVE_INFINITY,
    ratio = Number.POSITIVE_INFINITY,
    stripe = false,
  }: Limits,
): Promise<number> {
  const beside = await baselineOf(clients, stripe);
  const { times, baseline } = await compareImports(file, beside, variables, ROUNDS);
  const { size } = statSync(file);
  const measured = times.processor / baseline.processor;
  const faults = [
    ...(size > bytes ? [`over ${bytes} bytes`] : []),
    ...(times.processor > milliseconds ? [`over ${milliseconds} ms`] : []),
    ...(measured > ratio ? [`over ${ratio} x its clients`] : []),
  ];
  const figures = [times.clock, baseline.clock, times.processor, baseline.processor].map((one) =>
    one.toFixed(1),
  );
  print(`${row([name, String(size), String(bytes), ...figures, measured.toFixed(2)])}  ${faults.join(', ')}`);
  return faults.length;
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundle(join(folder, 'lambda'));
print(
  `Import in a fresh process, ${ROUNDS} times, in ms: the median by the clock, and the least of a processor, which the`,
);
print(
  'budget and the ratio are about. The baseline is the SDK clients alone; without any, an empty module.\n',
);
print(row(['function', 'bytes', 'budget', 'clock', 'baseline', 'processor', 'baseline', 'ratio']));
let over = 0;
for (const [entry, { clients, ...limits }] of Object.entries<Limits & { clients: string[] }>(
  budget.functions,
)) {
  const file = join(folder, 'lambda', entry, 'index.mjs');
  const variables = Object.fromEntries(variablesOf(entry as Entry).map((name) => [name, '{}']));
  // What needs no client is so small that its ratio to nothing says nothing: its bytes do.
  const ratio = clients.length > 0 ? { ratio: budget.ratio } : {};
  over += await report(entry, file, clients, variables, { ...limits, ...ratio });
}
const plain = join(folder, 'plain.mjs');
await bundleEntry(at('test/lambdas/fixtures/plain-action.ts'), plain);
over += await report('(an action, no client)', plain, [], {}, budget.plain);
process.exitCode = over > 0 ? 1 : 0;
