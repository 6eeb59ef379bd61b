/** A run that does not go well: a part fails, the disk is full, somebody presses Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Part } from '../../bench/report/result.ts';
import { median } from '../../bench/report/statistics.ts';
import { checkRoom, runParts } from '../../bench/run.ts';
import { resultOf } from '../../bench/start/child.ts';
import { temporaryFolder } from '../support/tables.ts';

const result = { name: 'b.x', value: 1, unit: 'count' };
const failing: Part = {
  ...{ name: 'a', title: 'a' },
  measure: async () => Promise.reject(new Error('too few logins')),
};
const whole: Part = { name: 'b', title: 'b', measure: async () => [result] };
const run = (parts: Part[], told: (name: string) => void, failed?: Parameters<typeof runParts>[4]) =>
  runParts(
    parts,
    true,
    ({ name }) => told(name),
    () => {},
    failed,
  );

describe('a part that fails', () => {
  test('is told of, and the others go on', async () => {
    const failures: string[] = [];
    const failed = ({ name }: Part, error: unknown) => failures.push(`${name}: ${(error as Error).message}`);
    const measured = await run([failing, whole], () => {}, failed);
    expect(failures).toEqual(['a: too few logins']);
    expect([...measured]).toEqual([['b', [result]]]);
  });

  test('is thrown when the others are done, where nobody is told', async () => {
    const told: string[] = [];
    await expect(run([failing, whole], (name) => told.push(name))).rejects.toThrow('too few logins');
    expect(told).toEqual(['b']);
  });
});

test('a disk with too little room is told of, with what to do', () => {
  expect(() => checkRoom([{ name: 'engine' }], 1e6)).not.toThrow();
  expect(() => checkRoom([{ name: 'engine' }, { name: 'growth' }], 1e9)).toThrow(
    /need up to [\d.]+ GB below .*, where 1\.0 GB are free\. TMPDIR/,
  );
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s leaves no folder and no process behind',
  async (signal, code) => {
    const folder = temporaryFolder();
    try {
      const interrupted = spawn(
        process.execPath,
        [fileURLToPath(new URL('interrupted.ts', import.meta.url))],
        {
          env: { ...process.env, TMPDIR: folder.path, TEMP: folder.path },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [url] = await once(interrupted.stdout, 'data');
      await fetch(String(url).trim());
      expect(readdirSync(folder.path)).toHaveLength(1);
      interrupted.kill(signal);
      expect(await once(interrupted, 'close')).toEqual([code, null]);
      expect(readdirSync(folder.path)).toEqual([]);
      await expect(fetch(String(url).trim())).rejects.toThrow();
    } finally {
      folder.remove();
    }
  },
  20_000,
);

test('a child has what a system cannot do without, what it is given, and nothing else of ours', async () => {
  process.env['SECRET_OF_OURS'] = 'secret';
  const script = 'process.stdout.write(JSON.stringify(process.env))';
  const environment = await resultOf({ options: ['--eval', script], environment: { GIVEN: 'yes' } });
  expect(environment).toMatchObject({ GIVEN: 'yes', PATH: process.env['PATH'] });
  expect(environment).not.toHaveProperty('SECRET_OF_OURS');
});

test('the median of an even number is between the middle two', () => {
  expect([median([4, 1, 3, 2]), median([3, 1, 2]), median([7]), median([])]).toEqual([2.5, 2, 7, 0]);
});
