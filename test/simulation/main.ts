/** `npm run simulate`: fresh seeds for as long as asked, or one seed again. */
import { parseArgs } from 'node:util';
import { bugs } from './bugs.ts';
import { hatch } from './hatch.ts';

const HELP = `Simulates logins and bookings in a world that crashes, delays, doubles and loses, and checks what is left.

  npm run simulate -- --seconds S     fresh seeds for S seconds (default 10)
  npm run simulate -- --seeds N       N fresh seeds
      --from N                        the first of the fresh seeds
  npm run simulate -- --seed N        one seed again, exactly
      --steps K                       its first K steps; then the world is calm
      --history ID                    the history of an instance, or of "all"
  npm run simulate -- --bug NAME      with a deliberate bug in the engine, until it is caught ("list": the names)
      --brief                         name violations only; do not look for a shorter run that fails

The last line is JSON: seeds, events, crashes, faults by kind, violations. The exit status is 1 if there was any violation.
`;

/** The end, with a sentence. */
function quit(message: string): never {
  process.stderr.write(`${message}\n\n${HELP}`);
  process.exit(2);
}

function given() {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      options: {
        ...{ seconds: text, seeds: text, seed: text, steps: text, from: text, history: text, bug: text },
        brief: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    return quit((error as Error).message);
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  return quit(`--${name} must be a whole number from 0, not ${text}.`);
}

/** Puts a deliberate bug into everything that is loaded after this. */
function putBug(name: string): void {
  const names = Object.keys(bugs).join('\n  ');
  if (name === 'list') {
    process.stdout.write(`  ${names}\n`);
    process.exit(0);
  }
  const edits = Object.hasOwn(bugs, name) ? bugs[name] : undefined;
  hatch(edits ?? quit(`There is no bug "${name}". There are:\n  ${names}`));
}

const { seconds, seeds, seed, steps, from, history, bug, brief = false, help } = given();
if (help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const one = whole('seed', seed);
const many = whole('seeds', seeds);
const options = {
  from: one ?? whole('from', from) ?? (bug === undefined ? Math.floor(Math.random() * 2 ** 31) : 1),
  seeds: one === undefined ? (many ?? Number.POSITIVE_INFINITY) : 1,
  seconds:
    one === undefined && many === undefined ? (whole('seconds', seconds) ?? 10) : Number.POSITIVE_INFINITY,
  steps: whole('steps', steps),
  history,
  untilCaught: bug !== undefined,
  brief,
};
if (bug !== undefined) putBug(bug);
const { report } = await import('./report.ts');
process.exit((await report(options)) > 0 ? 1 : 0);
