/** `npm run new:flow`: what it makes compiles, keeps to the rules, passes its tests and runs; what it refuses it leaves alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { planOf } from '../../operations/new-flow-plan.ts';
import { type Checkout, copyOfCheckout, root } from './checkout.ts';

jest.setTimeout(300_000);

/** One of one word, one longer than the example: they live beside each other. */
const names = ['signup', 'newsletter-subscription'];
let checkout: Checkout;
beforeAll(() => {
  checkout = copyOfCheckout();
});
afterAll(() => checkout.remove());

const everything = (path = checkout.path) =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );

describe('a name that will not do', () => {
  test.each([
    ['NewsletterSignup', 'kebab-case'],
    ['newsletter_signup', 'kebab-case'],
    ['-signup', 'kebab-case'],
    ['signup-', 'kebab-case'],
    ['2fa', 'kebab-case'],
    ['../signup', 'kebab-case'],
    ['', 'kebab-case'],
    ['a'.repeat(31), 'too long'],
    ['payment', 'There is a flow called payment already'],
    ['row', 'means something else in flows/index.ts'],
    ['delete', 'means something else in the language'],
    ['settings', 'these are there: local/settings.ts'],
    ['secret', 'means something else in'],
    ['sms-relay', 'SmsRelay means something else in infra/stack.ts'],
    ['operator-events', 'OperatorEvents means something else in infra/stack.ts'],
  ])('%s: %s', (name, why) => {
    expect(() => planOf(root, name)).toThrow(why);
  });
});

describe('where something is in the way, nothing is written', () => {
  test('a file of that name', async () => {
    checkout.write('local/signup.ts', '// mine\n');
    const before = everything();
    const { code, output } = await checkout.newFlow('signup');
    expect([code, output]).toEqual([
      2,
      expect.stringContaining('Nothing is overwritten, and these are there: local/signup.ts'),
    ]);
    expect(everything()).toEqual(before);
    rmSync(join(checkout.path, 'local/signup.ts'));
  });

  test('a file that has no place for its row', async () => {
    const app = checkout.read('api/app.ts');
    checkout.write('api/app.ts', app.replace('more(app);', ''));
    const before = everything();
    const { code, output } = await checkout.newFlow('signup');
    expect([code, output]).toEqual([2, expect.stringContaining('A row cannot be put into api/app.ts')]);
    expect(everything()).toEqual(before);
    checkout.write('api/app.ts', app);
  });

  test('no name, two names, an unknown option', async () => {
    for (const args of [[], ['one', 'two'], ['signup', '--force']]) {
      const { code, output } = await checkout.newFlow(...args);
      expect([code, output]).toEqual([2, expect.stringContaining('npm run -s new:flow -- NAME')]);
    }
  });
});

describe('two flows that are made', () => {
  const said: string[] = [];
  beforeAll(async () => {
    for (const name of names) {
      const { code, output } = await checkout.newFlow(name);
      expect([code, output]).toEqual([0, expect.stringContaining('Made:')]);
      said.push(output);
    }
  });
  /** The files that the command named. */
  const touched = () => [
    ...new Set(
      said
        .join('\n')
        .match(/^ {2}\S+\.\w+$/gm)
        ?.map((line) => line.trim()),
    ),
  ];

  test('are named everywhere as they are called, and no longer as the example', () => {
    expect(touched()).toEqual(
      expect.arrayContaining([
        'flows/signup/index.ts',
        'lambdas/actions/send-newsletter-subscription.ts',
        'api/app.ts',
      ]),
    );
    for (const file of touched())
      expect([file, checkout.read(file)]).toEqual([file, expect.not.stringMatching(/email.?confirmation/i)]);
  });

  test('compile', async () => {
    expect(await checkout.run(['node_modules/typescript/bin/tsc', '-p', '.'])).toEqual({
      code: 0,
      output: '',
    });
  });

  test('are formatted, and lint finds nothing', async () => {
    const code = touched().filter((file) => /\.(ts|json)$/.test(file));
    const { output } = await checkout.run(['node_modules/@biomejs/biome/bin/biome', 'check', ...code]);
    expect(output).toMatch(/^Checked \d+ files in \S+ No fixes applied\.\n$/);
  });

  test('keep to the layout, and pass their tests', async () => {
    const suites = names.flatMap((name) => [`test/definitions/${name}`, `test/flows/${name}`]);
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const jestBin = [...flags, 'node_modules/jest/bin/jest.js', '--runInBand'];
    const { code, output } = await checkout.run([...jestBin, ...suites, 'test/structure']);
    expect([code, output]).toEqual([0, expect.stringContaining('Test Suites: 5 passed, 5 total')]);
  });

  test('run with all others: an address is confirmed by the link in its mail', async () => {
    const child = spawn(process.execPath, ['local/main.ts'], {
      cwd: checkout.path,
      env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: join(checkout.path, '.data') },
    });
    try {
      let said = '';
      child.stdout.on('data', (data) => (said += String(data)));
      const url = () => /^ready (\S+)$/m.exec(said)?.[1];
      while (!url()) await once(child.stdout, 'data');
      const post = async (path: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url()}${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        });
        return (await answer.json()) as { id: string; state: string };
      };
      const { id } = await post('/newsletter-subscriptions', { email: 'ann@example.com' });
      const outbox = `${url()}/dev/newsletter-subscriptions`;
      let links: string[] = [];
      while (links.length < 1) {
        const { mails } = (await (await fetch(outbox)).json()) as { mails: { link: string }[] };
        links = mails.map(({ link }) => link);
      }
      const token = links[0]?.split('#')[1];
      expect(await post(`/newsletter-subscriptions/${id}/confirm`, { token })).toMatchObject({
        state: 'Confirmed',
      });
    } finally {
      child.kill();
      await once(child, 'close');
    }
  });

  test('are not made twice', async () => {
    expect(await checkout.newFlow('signup')).toEqual({
      code: 2,
      output: 'There is a flow called signup already. Choose another name.\n',
    });
  });
});

test('--help says what it does', async () => {
  expect(await checkout.newFlow('--help')).toEqual({
    code: 0,
    output: expect.stringContaining('NAME is in kebab-case'),
  });
});
