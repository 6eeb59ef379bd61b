/** `npm run simulate`: fresh seeds for as long as asked, or one seed again. */
import { parseArgs } from 'node:util';
import { bugs } from './bugs.ts';
import { checkoutBugs } from './bugs-of-checkout.ts';
import { type Cast, casts, concernedBy } from './cast.ts';
import { hatch } from './hatch.ts';

const HELP = `Simulates logins, bookings, payments and orders in a world that crashes, delays, doubles and loses, and checks what is left.

  npm run simulate -- --seconds S     fresh seeds for S seconds (default 10)
  npm run simulate -- --seeds N       N fresh seeds
      --from N                        the first of the fresh seeds
  npm run simulate -- --orders N      fresh seeds until so many orders have been placed
      --only WHO                      only their day, of logins, bookings, payments, checkouts; several with commas
  npm run simulate -- --seed N        one seed again, exactly
      --steps K                       its first K steps; then the world is calm
      --history ID                    the history of an instance, or of "all"
  npm run simulate -- --bug NAME      with a deliberate bug in the engine, until it is caught ("list": the names)
      --brief                         name violations only; do not look for a shorter run that fails

The last line is JSON: seeds, events, orders, crashes, faults by kind, violations. The exit status is 0 without
any violation, 1 with one, 2 where it cannot do what is asked, 130 after Ctrl-C.
`;

/** Seeds are numbers of 32 bits. */
const SEEDS = 2 ** 32;

// Who reads the output may have had enough of it.
for (const output of [process.stdout, process.stderr]) output.on('error', () => process.exit(2));
process.on('uncaughtException', (error) => {
  process.stderr.write(`It broke off: ${error instanceof Error ? error.message : error}\n`);
  process.exit(2);
});

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
        ...{ orders: text, only: text },
        brief: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    return quit((error as Error).message);
  }
}

function whole(name: string, text: string | undefined, least: number, most?: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  const fits = value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER);
  if (text.trim() !== '' && Number.isSafeInteger(value) && fits) return value;
  return quit(`--${name} must be a whole number from ${least}${most ? ` to ${most}` : ''}, not ${text}.`);
}

/** npm passes a Ctrl-C on that the terminal has sent to all: one that comes so soon is the same. */
const SAME_MS = 300;
let stoppedAt: number | undefined;
function stop(): void {
  if (stoppedAt !== undefined && performance.now() - stoppedAt > SAME_MS) process.exit(130);
  if (stoppedAt === undefined) process.stderr.write('Ends after the run under way; Ctrl-C again: at once.\n');
  stoppedAt ??= performance.now();
}

/** Whose day it is to be. */
function castOf(names: string): Cast[] {
  const wrong = names.split(',').find((name) => !casts.some((one) => one === name));
  if (wrong !== undefined) quit(`--only is of ${casts.join(', ')}, not ${wrong}.`);
  return casts.filter((one) => names.split(',').includes(one));
}

/** Puts a deliberate bug into everything that is loaded after this. @returns whom it concerns, where not everybody. */
function putBug(name: string): Cast[] | undefined {
  const names = Object.keys(bugs).join('\n  ');
  if (name === 'list') {
    process.stdout.write(`  ${names}\n`);
    process.exit(0);
  }
  const found = Object.hasOwn(bugs, name) ? bugs[name] : undefined;
  const edits = found ?? quit(`There is no bug "${name}". There are:\n  ${names}`);
  hatch(edits);
  return Object.hasOwn(checkoutBugs, name) ? ['checkouts'] : concernedBy(edits);
}

const { seconds, seeds, seed, steps, from, history, orders, only, bug, brief = false, help } = given();
if (help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (seed !== undefined && (seeds ?? seconds ?? orders ?? from) !== undefined) {
  quit('--seed is one seed: --seeds, --seconds, --orders and --from do not go with it.');
}
if ([seeds, seconds, orders].filter((one) => one !== undefined).length > 1)
  quit('One of --seeds, --seconds and --orders, not more.');
const one = whole('seed', seed, 0, SEEDS - 1);
const many = whole('seeds', seeds, 1);
const time = whole('seconds', seconds, 1);
const sold = whole('orders', orders, 1);
const first =
  one ??
  whole('from', from, 0, SEEDS - 1) ??
  (bug === undefined ? Math.floor(Math.random() * (SEEDS / 2)) : 1);
const concerned = bug === undefined ? undefined : putBug(bug);
const options = {
  from: first,
  seeds: one === undefined ? Math.min(many ?? SEEDS, SEEDS - first) : 1,
  seconds: [one, many, sold].every((given) => given === undefined) ? (time ?? 10) : Number.POSITIVE_INFINITY,
  orders: sold ?? Number.POSITIVE_INFINITY,
  only: only === undefined ? concerned : castOf(only),
  steps: whole('steps', steps, 0),
  history,
  bug,
  brief,
  enough: () => stoppedAt !== undefined,
};
process.on('SIGINT', stop);
if (one === undefined) process.stderr.write(`seeds from ${first}\n`);
const { report } = await import('./report.ts');
const violations = await report(options);
process.exit(stoppedAt !== undefined ? 130 : violations > 0 ? 1 : 0);
