/** `npm run test:browser`: builds the pages, finds a browser, and runs the suites in it. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { findChromium } from './support/chromium.ts';

const root = resolve(import.meta.dirname, '../..');

const help = `Usage: npm run test:browser [-- jest's options]

Tests the pages in Chromium or Chrome: the one that CHROMIUM names, or one in its usual place. On Debian or Ubuntu:
apt-get install chromium. Pictures of the pages in docs/pictures/ that no longer show what is there are taken anew.`;

function run(command: string, args: string[], environment: { [name: string]: string } = {}): number {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return status ?? 1;
}

const options = process.argv.slice(2);
if (options.includes('--help')) {
  process.stdout.write(`${help}\n`);
} else {
  const chromium = findChromium(process.env);
  if (chromium === undefined) {
    process.stderr.write(`There is no browser here.\n\n${help}\n`);
    process.exitCode = 1;
  } else {
    process.exitCode =
      run('npm', ['run', '-s', 'build:client']) ||
      run('npx', ['jest', '--config', 'test/browser/jest.config.js', ...options], {
        CHROMIUM: chromium,
        NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      });
  }
}
