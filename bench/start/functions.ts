/** What each Lambda function costs at a cold start: its bundle, and its import beside that of its SDK clients alone. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleEntry } from '../../infra/bundle.ts';
import { type Entry, variablesOf } from '../../lambdas/environment.ts';
import budget from '../cold-budget.json' with { type: 'json' };
import { compareImports, type Times } from '../cold-import.ts';
import { removedAtEnd } from './ending.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** In the checkout, so that the modules there find their packages; of this process alone. */
const folder = at(`dist/cold-${process.pid}`);

/** What a function may be at most. */
export interface Limits {
  bytes: number;
  milliseconds?: number;
  /** Of its import to that of its clients. */
  ratio?: number;
}

export interface Measured {
  /** The entry; undefined for an action of no flow that needs no client. */
  entry: string | undefined;
  /** Of its clients there are so many. */
  clients: number;
  bytes: number;
  times: Times;
  /** Of the SDK clients alone; without any, of an empty module. */
  baseline: Times;
  limits: Limits;
}

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

/** Bundles all functions, and measures one after the other: each import so many times, in a fresh process. */
export async function* measuredFunctions(rounds: number): AsyncGenerator<Measured> {
  mkdirSync(folder, { recursive: true });
  const remove = removedAtEnd(folder);
  try {
    yield* measuredIn(rounds);
  } finally {
    remove();
  }
}

async function* measuredIn(rounds: number): AsyncGenerator<Measured> {
  await bundle(join(folder, 'lambda'));
  const functions = Object.entries<{ bytes: number; clients: string[]; stripe?: boolean }>(budget.functions);
  for (const [entry, { bytes, clients, stripe = false }] of functions) {
    const file = join(folder, 'lambda', entry, 'index.mjs');
    const variables = Object.fromEntries(variablesOf(entry as Entry).map((name) => [name, '{}']));
    const compared = await compareImports(file, await baselineOf(clients, stripe), variables, rounds);
    // What needs no client is so small that its ratio to nothing says nothing: its bytes do.
    const limits = { bytes, ...(clients.length > 0 && { ratio: budget.ratio }) };
    yield { entry, clients: clients.length, bytes: statSync(file).size, ...compared, limits };
  }
  const plain = join(folder, 'plain.mjs');
  await bundleEntry(at('test/lambdas/fixtures/plain-action.ts'), plain);
  const compared = await compareImports(plain, await baselineOf([], false), {}, rounds);
  yield { entry: undefined, clients: 0, bytes: statSync(plain).size, ...compared, limits: budget.plain };
}

/** Of a processor, beside its baseline. */
export const ratioOf = ({ times, baseline }: Measured): number => times.processor / baseline.processor;

/** Which limits it is over, in words. */
export function faultsOf(measured: Measured): string[] {
  const { bytes, times, limits } = measured;
  const { milliseconds = Number.POSITIVE_INFINITY, ratio = Number.POSITIVE_INFINITY } = limits;
  return [
    ...(bytes > limits.bytes ? [`over ${limits.bytes} bytes`] : []),
    ...(times.processor > milliseconds ? [`over ${milliseconds} ms`] : []),
    ...(ratioOf(measured) > ratio ? [`over ${ratio} x its clients`] : []),
  ];
}
