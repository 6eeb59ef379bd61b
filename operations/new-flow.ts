/** `npm run new:flow`: a flow of one's own, begun as a copy of the example. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { command, say, UsageError } from './command.ts';
import { type Files, type Plan, planOf } from './new-flow-plan.ts';

const HELP = `Makes a flow: a definition, actions, an effect, routes, functions, infrastructure and tests that run. It is the example
of docs/tutorial.md under another name, for you to change.

  npm run -s new:flow -- NAME   makes the files, and adds the flow's rows to those that list the flows

NAME is in kebab-case, such as newsletter-signup. No file is overwritten, and where something is in the way nothing is written.
The exit status is 0 where it was done, 2 where not.
`;

const root = join(import.meta.dirname, '..');
const at = (path: string) => join(root, path);

/** Writes all of it, or nothing. */
function write({ made, changed }: Plan): void {
  const before: Files = {};
  const begun: string[] = [];
  try {
    for (const [path, text] of Object.entries(made)) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text, { flag: 'wx' });
      begun.push(path);
    }
    for (const [path, text] of Object.entries(changed)) {
      before[path] = readFileSync(at(path), 'utf8');
      writeFileSync(at(path), text);
    }
  } catch (error) {
    for (const path of begun) rmSync(at(path));
    for (const [path, text] of Object.entries(before)) writeFileSync(at(path), text);
    throw error;
  }
}

/** Another name has another length, and another place in the order of imports. */
function format(paths: string[]): boolean {
  const biome = at('node_modules/@biomejs/biome/bin/biome');
  const code = paths.filter((path) => /\.(ts|json)$/.test(path));
  const { status } = spawnSync(process.execPath, [biome, 'check', '--write', ...code], { cwd: root });
  return status === 0;
}

await command(HELP, async (args) => {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('Give one name.');
  const plan = planOf(root, name);
  write(plan);
  const [made, changed] = [Object.keys(plan.made), Object.keys(plan.changed)];
  const formatted = format([...made, ...changed]);
  say(`Made:\n${made.map((path) => `  ${path}`).join('\n')}\n`);
  say(`Added rows to:\n${changed.map((path) => `  ${path}`).join('\n')}\n`);
  if (!formatted) say('Not formatted: run npm run format.\n');
  say(`Look at it with git status and git diff. Then:

  npm run -s typecheck && npm run -s lint
  npm test -- test/definitions test/flows test/structure
  npm start

What is left for a person to decide before it is deployed: docs/tutorial.md, step 9.`);
  return 0;
});
