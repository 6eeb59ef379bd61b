/**
 * `npm run bench:cold`: what each Lambda function costs at a cold start, against its budget in cold-budget.json. The import
 * of a bundle is compared, in the same run, with that of a bundle which makes the function's AWS SDK clients and does
 * nothing else. Exits 1 over budget.
 */
import { endOnSignals } from './start/ending.ts';
import { faultsOf, measuredFunctions, ratioOf } from './start/functions.ts';

const ROUNDS = 11;

const print = (text: string) => process.stdout.write(`${text}\n`);

const row = (cells: string[]) =>
  cells.map((cell, n) => (n === 0 ? cell.padEnd(26) : cell.padStart(10))).join('');

endOnSignals();
print(
  `Import in a fresh process, ${ROUNDS} times, in ms: the median by the clock, and the least of a processor, which the`,
);
print(
  'budget and the ratio are about. The baseline is the SDK clients alone; without any, an empty module.\n',
);
print(row(['function', 'bytes', 'budget', 'clock', 'baseline', 'processor', 'baseline', 'ratio']));
let over = 0;
for await (const measured of measuredFunctions(ROUNDS)) {
  const { entry = '(an action, no client)', bytes, limits, times, baseline } = measured;
  const figures = [times.clock, baseline.clock, times.processor, baseline.processor].map((one) =>
    one.toFixed(1),
  );
  const faults = faultsOf(measured);
  const cells = [entry, String(bytes), String(limits.bytes), ...figures, ratioOf(measured).toFixed(2)];
  print(`${row(cells)}  ${faults.join(', ')}`);
  over += faults.length;
}
process.exitCode = over > 0 ? 1 : 0;
