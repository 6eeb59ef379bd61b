/** `npm run bench:journal`: what a journal costs beside an outbox, and that its length costs nothing. */
import { historyGrowth } from './growth/history.ts';
import { costOf, flows, timeRatio } from './policies.ts';

const INSTANCES = 100;
const ROUNDS = 7;
const ENTRIES = 10_000;
const TURNS = 300;
/** The aim: an event costs an instance with a long history at most so much more. */
const AIM = 1.2;

const print = (name: string, ...columns: string[]) =>
  process.stdout.write(`${name.padEnd(52)}${columns.map((column) => column.padStart(12)).join('')}\n`);

print('one instance, from its first event to its last', 'outbox', 'journal');
for (const [name, make] of Object.entries(flows)) {
  const [outbox, journal] = [await costOf(make, 'outbox'), await costOf(make, 'journal')];
  print(name);
  for (const figure of ['writeUnits', 'readUnits', 'items', 'bytes'] as const)
    print(`  ${figure}`, String(outbox[figure]), String(journal[figure]));
  process.stderr.write('…\n');
  print('  time', '1', (await timeRatio(make, INSTANCES, ROUNDS)).toFixed(2));
}

process.stderr.write(`… a payment with ${ENTRIES} entries\n`);
const [short = 0, long = 0] = (await historyGrowth([10, ENTRIES], TURNS)).map(({ processor }) => processor);
print(`\none event to an instance with 10 and with ${ENTRIES} entries`);
print('  time of a processor', '1', (long / short).toFixed(2));
if (long / short > AIM) process.stderr.write(`Warning: more than the aim of ${AIM}.\n`);
