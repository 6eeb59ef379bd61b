/** `npm run journal`: is every journal what was written, and what does one of them tell? */
import { parseArgs } from 'node:util';
import { command, progress, say, UsageError } from './command.ts';
import { known } from './flows.ts';
import { readSteady } from './journal-read.ts';
import { historyInLines, historyOf } from './journal-show.ts';
import { type Verified, verify } from './journal-verify.ts';
import { findingInWords, misfiledInWords, summary } from './journal-words.ts';
import { openSource, type Place, type Source, type SourceValues, TABLE_HELP } from './source.ts';

const HELP = `Holds journals against their hashes and records, and shows the history of an instance.

  npm run -s journal -- verify [SOURCE] [--flow NAME] [--rebuild]
  npm run -s journal -- show ID [SOURCE] [--flow NAME] [--version N] [--json]

SOURCE is one of (by default --data-dir .data):
${TABLE_HELP}
  --flow NAME        one flow that is kept as a journal; by default all of them
  --rebuild          writes records that are lost, where the entries are whole
  --version N        the history up to that version, and the state and the data then
  --json             the same as JSON, with the requests of the effects

verify reads every instance, 8 at a time, and may run beside the traffic. Its exit status is 0 where all journals are whole (at the
end, with --rebuild), 1 where there are faults, 2 where that could not be found out. The status of show is 0, 1 where
there is no such instance or version, or its journal has faults, 2 where it could not be read.
Ids are shown whole, and show prints the data as it is, methods of payment and all: mind where the output goes.
On AWS stack and table are found by AWS_REGION, AWS_PROFILE or AWS_ENDPOINT_URL.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  ...{ 'data-dir': text, stack: text, table: text, flow: text },
  ...{ version: text, rebuild: flag, json: flag },
} as const;

type Values = ReturnType<typeof parsed>['values'];
type Journals = Required<Pick<Source, 'table' | 'clock' | 'partitions'>>;

const parsed = (args: string[]) => parseArgs({ args, options, allowPositionals: true });

/** An id may begin with a dash: what follows `show` is one, unless it is one of the options. */
function split(args: string[]): { what: string; id?: string; rest: string[] } {
  const [what = '', id, ...rest] = args;
  const isOption = Object.keys(options).some((name) => id === `--${name}` || id?.startsWith(`--${name}=`));
  if (what === 'show' && id !== undefined && !isOption) return { what, id, rest };
  return { what, rest: args.slice(1) };
}

/**
 * Whoever names nothing means what is here, and is told so: it must not be taken for production.
 *
 * @throws UsageError for a rebuild: what is written to has to be named.
 */
function named(values: Values): SourceValues {
  const isNamed = [values['data-dir'], values.stack, values.table].some((one) => one !== undefined);
  if (isNamed) return values;
  if (values.rebuild) throw new UsageError('--rebuild writes: name the source.');
  process.stderr.write('No source was named: this is --data-dir .data.\n');
  return { 'data-dir': '.data' };
}

function flowsOf(name: string | undefined): string[] {
  const journals = known.filter(({ persistence }) => persistence === 'journal').map((flow) => flow.name);
  if (name === undefined) return journals;
  if (journals.includes(name)) return [name];
  throw new UsageError(`No journal is kept of ${name}. There is one of: ${journals.join(', ')}.`);
}

function versionOf(asked: string | undefined): number | undefined {
  if (asked === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(asked)) return Number(asked);
  throw new UsageError('--version takes a whole number from 1.');
}

async function verifyAll(source: Journals, { flow, rebuild }: Values): Promise<number> {
  const total: Verified = { instances: 0, entries: 0, faulty: 0, rebuilt: 0, busy: 0 };
  const flows = flowsOf(flow);
  let misfiled = 0;
  const onMisfiled = (place: Place) => {
    misfiled++;
    say(misfiledInWords(place));
  };
  for (const name of flows) {
    const found = await verify(source, name, source.partitions(`${name}#`, onMisfiled), {
      rebuild,
      onFinding: (finding) => say(findingInWords(finding)),
      progress: progress(`instances of ${name} verified`),
    });
    for (const what of Object.keys(total) as (keyof Verified)[]) total[what] += found[what];
  }
  for (const line of summary(flows, total, rebuild, misfiled)) say(line);
  if (total.faulty + misfiled > 0) return 1;
  return total.busy > 0 ? 2 : 0;
}

async function show(source: Journals, flowId: string, values: Values): Promise<number> {
  const flows = flowsOf(values.flow);
  const version = versionOf(values.version);
  for (const flow of flows) {
    const reading = await readSteady(source, flow, flowId);
    if (!reading) throw new Error(`${flow} ${flowId} changes too fast to be read: try again.`);
    if (reading.entries.length === 0 && !reading.stored) continue;
    const history = historyOf({ flow, flowId }, reading, version);
    if (!history) return refused(`${flow} ${flowId} has no version ${version}.`);
    if (values.json) say(JSON.stringify(history, undefined, 2));
    else for (const line of historyInLines(history)) say(line);
    return history.faults.length > 0 ? 1 : 0;
  }
  return refused(`There is no instance ${flowId} of ${flows.join(', ')} in this table.`);
}

function refused(why: string): number {
  process.stderr.write(`${why}\n`);
  return 1;
}

await command(HELP, async (args) => {
  const { what, id, rest } = split(args);
  if (what !== 'verify' && what !== 'show') throw new UsageError('Say what: verify, or show ID.');
  const { values, positionals } = parsed(rest);
  if (positionals.length > 0) throw new UsageError(`Too many words: ${positionals.join(' ')}`);
  if (what === 'show' && id === undefined) throw new UsageError('Say which instance: show ID.');
  if (what === 'verify' && (values.json || values.version !== undefined))
    throw new UsageError('--version and --json belong to show.');
  if (what === 'show' && values.rebuild) throw new UsageError('--rebuild belongs to verify.');
  flowsOf(values.flow);
  versionOf(values.version);
  const source = await openSource(named(values), '--data-dir, --stack or --table');
  const { table, partitions, clock, close } = source;
  try {
    if (!table || !partitions) throw new Error('this source holds no table');
    const journals = { table, partitions, clock };
    return id === undefined ? await verifyAll(journals, values) : await show(journals, id, values);
  } finally {
    close();
  }
});
