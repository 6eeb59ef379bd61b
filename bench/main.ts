/** `npm run bench`: the engine beside the physical limit, in one run on one machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionMicroseconds } from './definition.ts';
import { engineLogins } from './engine.ts';
import { plainLogins } from './plain.ts';

const LOGINS = 2_000;
const CONCURRENCIES = [1, 16, 64];
/** The two take turns, so that a noisy neighbour disturbs both; the median counts. */
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), 'detent-bench-'));
const fresh = () => mkdtempSync(join(folder, 'run-'));
const print = (text: string) => process.stdout.write(`${text}\n`);
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

try {
  print(`Durable logins per second, median of ${ROUNDS} rounds of ${LOGINS}.`);
  print('plain: three fsynced commits a login by node:sqlite alone, one after the other.\n');
  plainLogins(fresh(), 500);
  const plain: number[] = [];
  const engine = new Map<number, number[]>(CONCURRENCIES.map((concurrency) => [concurrency, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`round ${round} of ${ROUNDS}\n`);
    plain.push(plainLogins(fresh(), LOGINS));
    for (const [concurrency, results] of engine) {
      results.push(await engineLogins(fresh(), LOGINS, concurrency));
    }
  }
  const limit = median(plain);
  print(`plain            ${limit.toFixed(0).padStart(6)}`);
  for (const [concurrency, results] of engine) {
    const value = median(results);
    print(
      `engine at ${String(concurrency).padStart(3)}    ${value.toFixed(0).padStart(6)}    ${(value / limit).toFixed(2)} x plain`,
    );
  }
  const micros = await definitionMicroseconds();
  const share = (2 * micros * limit) / 1e6;
  print(
    `\nThe definition alone, by the ASL library, with actions that do nothing: ${micros.toFixed(0)} µs an event;`,
  );
  print(`two of them take ${share.toFixed(2)} x as long as a whole plain login.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
