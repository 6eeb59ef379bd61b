/** The simulation is worth what it catches: every deliberate bug, within the fixed seeds. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { bugs } from './bugs.ts';

const root = resolve(import.meta.dirname, '../..');
const SEEDS = 200;
/** Five run at once, and some bugs show late. */
const LONG_MS = 400_000;

interface Ended {
  status: number | null;
  stdout: string;
}

const simulate = (...args: string[]): Promise<Ended> =>
  new Promise((end) => {
    const child = execFile(
      process.execPath,
      ['test/simulation/main.ts', ...args],
      { cwd: root, timeout: LONG_MS },
      (_error, stdout) => end({ status: child.exitCode, stdout }),
    );
  });

test('there are enough of them', () => {
  expect(Object.keys(bugs).length).toBeGreaterThanOrEqual(15);
});

test.concurrent.each(Object.keys(bugs))(
  '%s',
  async (name) => {
    const { status, stdout } = await simulate('--bug', name, '--brief', '--seeds', String(SEEDS));
    expect(stdout).toMatch(/^ {2}invariant \d+.*: .+$/m);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      violations: expect.any(Number),
    });
    expect(status).toBe(1);
  },
  LONG_MS,
);
