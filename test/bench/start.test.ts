/** What is measured of starts: that processes are waited for, and what a function is over. */
import { expect, test } from '@jest/globals';
import { runModule, startServer } from '../../bench/start/child.ts';
import { faultsOf, type Measured, ratioOf } from '../../bench/start/functions.ts';

test('a module says its result', async () => {
  expect(await runModule('bench/start/nothing.ts', {})).toEqual({});
});

test('a process that ends before it is ready is an error, with what it said', async () => {
  const environment = { PORT: 'none' };
  await expect(startServer({ module: 'local/main.ts', environment })).rejects.toThrow('PORT must be');
});

const within: Measured = {
  entry: 'api',
  clients: 1,
  bytes: 1_000,
  times: { clock: 300, processor: 120 },
  baseline: { clock: 100, processor: 100 },
  limits: { bytes: 1_000, ratio: 1.6 },
};

test('other work on the machine, which stretches the clock alone, does not count', () => {
  expect(ratioOf(within)).toBe(1.2);
  expect(faultsOf(within)).toEqual([]);
});

test('what is over is told', () => {
  const limits = { bytes: 999, milliseconds: 100, ratio: 1.1 };
  expect(faultsOf({ ...within, limits })).toEqual([
    'over 999 bytes',
    'over 100 ms',
    'over 1.1 x its clients',
  ]);
});
