/** The machines of the checkout: their definitions, and what states of before are called now. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Definition, NEW } from '../core/definition.ts';
import { type Renaming, type StableState, stableStates } from '../core/migration.ts';

export interface Machine {
  flow: string;
  definition: Definition;
  states: StableState[];
  renamings: Renaming[];
}

/** Where the definitions lie. */
export const definitionsFolder = join(import.meta.dirname, '../state-definitions');
const MIGRATIONS = 'migrations.json';
const ENDING = '.asl.json';

const renaming = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1),
  since: z.iso.date('must be a date such as 2026-12-01'),
  reason: z.string().min(1, 'must say why'),
});
const migrations = z.record(z.string(), z.array(renaming));

const definition = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

/** @throws Error that names every mistake in the folder's files. */
export function readMachines(folder = definitionsFolder): Machine[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  if (files.length === 0) throw new Error(`${folder} holds no definition (…${ENDING}).`);
  const definitions = files.map((name): [string, Definition] => [
    name.slice(0, -ENDING.length),
    parsed(definition, folder, name) as Definition,
  ]);
  return machinesOf(new Map(definitions), parsed(migrations, folder, MIGRATIONS));
}

/**
 * @param given the content of migrations.json, of the right form.
 * @throws Error that names every renaming that leads nowhere, and why.
 */
export function machinesOf(
  definitions: ReadonlyMap<string, Definition>,
  given: { [flow: string]: Renaming[] },
): Machine[] {
  const machines = [...definitions].map(([flow, one]) => ({
    flow,
    definition: one,
    states: stableStates(one),
    renamings: (given[flow] ?? []).map(({ from, to }) => ({ from, to })),
  }));
  const unknown = Object.keys(given).filter((flow) => !definitions.has(flow));
  const mistakes = [
    ...unknown.map((flow) => `${flow}: there is no definition ${flow}${ENDING}`),
    ...machines.flatMap((machine) => mistakesOf(machine).map((mistake) => `${machine.flow}: ${mistake}`)),
  ];
  if (mistakes.length > 0)
    throw new Error(`${MIGRATIONS} is not as it should be.\n  ${mistakes.join('\n  ')}`);
  return machines;
}

function mistakesOf({ states, renamings }: Machine): string[] {
  const exists = (state: string) => states.some(({ name }) => name === state);
  const sources = renamings.map(({ from }) => from);
  return renamings.flatMap(({ from, to }, index) => {
    const what = `${from} → ${to}`;
    if (sources.indexOf(from) < index) return [`${what}: ${from} is renamed twice; keep one line`];
    if (from === NEW) return [`${what}: ${NEW} is no state to rest in`];
    if (exists(from)) return [`${what}: ${from} still exists; instances would go on coming to rest there`];
    if (exists(to)) return [];
    return sources.includes(to)
      ? [`${what}: ${to} is renamed as well; map ${from} to where that ends`]
      : [`${what}: there is no state ${to} to rest in`];
  });
}

function parsed<T>(schema: z.ZodType<T>, folder: string, name: string): T {
  const path = join(folder, name);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(missing ? `${path} is missing; without renamings it holds {}.` : `${path} is not JSON.`);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(
    ({ path: at, message }) => `${at.join('.') || 'all of it'}: ${message}`,
  );
  throw new Error(`${path} is not as it should be.\n  ${wrong.join('\n  ')}`);
}
