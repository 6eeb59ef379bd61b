/** `npm run simulate`, as those meet it who type it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';

// Several at once, each of which loads the whole engine.
jest.setTimeout(30_000);

const root = resolve(import.meta.dirname, '../..');
const BUG = 'keep a failure to oneself';

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** @param first done to it with the first that it prints, on either stream. */
async function node(args: string[], first?: (child: ChildProcess) => void): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: root });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data) => (printed[name] += String(data)));
  }
  if (first)
    void Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]).then(() => first(child));
  const [status] = await once(child, 'close');
  return { status, ...printed };
}

const simulate = (...args: string[]) => node(['test/simulation/main.ts', ...args]);
const tallyOf = ({ stdout }: Ended) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

test.concurrent('--help', async () => {
  const { status, stdout, stderr } = await simulate('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('--seconds S');
});

test.concurrent.each<[args: string[], sentence: string]>([
  [['--seed', 'four'], '--seed must be a whole number from 0 to 4294967295, not four.'],
  [['--from', '4294967296'], '--from must be a whole number from 0 to 4294967295, not 4294967296.'],
  [['--seconds', '0'], '--seconds must be a whole number from 1, not 0.'],
  [
    ['--seed', '4', '--seconds', '5'],
    '--seed is one seed: --seeds, --seconds, --orders and --from do not go with it.',
  ],
])('%j is refused', async (args, sentence) => {
  const { status, stdout, stderr } = await simulate(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(`${sentence}\n`);
});

test.concurrent('the last line is the tally', async () => {
  const ended = await simulate('--seeds', '2', '--from', '1');
  expect(ended.status).toBe(0);
  expect(tallyOf(ended)).toMatchObject({ seeds: 2, events: expect.any(Number), violations: 0 });
  expect(ended.stderr).toMatch(/^seeds from 1\n/);
});

test.concurrent('one seed prints the same each time', async () => {
  const [first, again] = await Promise.all([simulate('--seed', '4'), simulate('--seed', '4')]);
  expect(again.stdout).toBe(first.stdout);
  expect(first.stdout).toContain('seeds 1, events ');
});

test.concurrent('what it prints after "Again:" shows the same', async () => {
  const found = await simulate('--bug', BUG);
  expect(found.status).toBe(1);
  const args = /^Again: npm run simulate -- (.+)$/m.exec(found.stdout)?.[1] ?? '';
  expect(args).toMatch(`--bug "${BUG}"`);
  const given = args.match(/"[^"]+"|\S+/g)?.map((arg) => arg.replaceAll('"', '')) ?? [];
  const again = await simulate(...given, '--brief');
  expect(again.status).toBe(1);
  const violation = /^ {2}invariant .+$/m;
  expect(violation.exec(again.stdout)?.[0]).toBe(violation.exec(found.stdout)?.[0]);
}, 30_000);

test.concurrent('whoever reads no further ends it quietly', async () => {
  const args = ['test/simulation/main.ts', '--seeds', '40', '--from', '1', '--history', 'all'];
  const { status, stderr } = await node(args, ({ stdout }) => stdout?.destroy());
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'seeds from 1\n' });
});

test.concurrent('Ctrl-C ends it with the tally', async () => {
  const ended = await node(['test/simulation/main.ts', '--seconds', '60', '--from', '1'], (child) =>
    child.kill('SIGINT'),
  );
  expect(ended.status).toBe(130);
  expect(tallyOf(ended)).toMatchObject({ violations: 0 });
});

test.concurrent('what breaks is no violation', async () => {
  const broken = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) {
      if (url.endsWith('/report.ts')) throw new Error('it cannot be read');
      return next(url, context);
    } });`;
  const hook = `data:text/javascript,${encodeURIComponent(broken)}`;
  const { status, stderr } = await node(['--import', hook, 'test/simulation/main.ts', '--seed', '4']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'It broke off: it cannot be read\n' });
});
