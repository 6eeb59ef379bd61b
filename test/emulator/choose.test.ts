/** Which emulator the tests of AWS get, and that they never pass where there is none. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { choose, type Surroundings, surroundings } from '../aws/emulator/choose.ts';
import { temporaryFolder } from '../support/tables.ts';

const root = resolve(import.meta.dirname, '../..');
const NOTHING =
  'An emulator of AWS needs python3 3.10 or later with venv (on Debian: apt install python3-venv), or a running Docker. ' +
  'Install one of them, or set AWS_ENDPOINT_URL to an emulator that runs already.';

/** What commands print; those that are not named are missing. */
const having = (
  printed: { [command: string]: string },
  environment: Surroundings['environment'] = {},
): Surroundings => ({ environment, run: (command) => printed[command] });

const docker = 'Server Version: 28.0';
const token = { LOCALSTACK_AUTH_TOKEN: 'ls-token' };

describe('what is chosen', () => {
  test('an emulator that somebody else started goes before all, and nothing is run to find out', () => {
    const run = () => {
      throw new Error('nothing is to be run');
    };
    const environment = { ...token, AWS_ENDPOINT_URL: 'http://localhost:9999' };
    expect(choose({ environment, run })).toEqual({ kind: 'given', endpoint: 'http://localhost:9999' });
  });

  test.each<[string, Surroundings, ReturnType<typeof choose>]>([
    [
      'LocalStack, with a token and Docker',
      having({ docker, python3: '3 12\n' }, token),
      { kind: 'localstack' },
    ],
    [
      'MiniStack, with a token and no Docker',
      having({ python3: '3 12\n' }, token),
      { kind: 'ministack', python: 'python3' },
    ],
    [
      'MiniStack, with Docker and no token',
      having({ docker, python3: '3 12\n' }),
      { kind: 'ministack', python: 'python3' },
    ],
    [
      'MiniStack, where variables are there and empty',
      having({ docker, python3: '3 12\n' }, { AWS_ENDPOINT_URL: '', LOCALSTACK_AUTH_TOKEN: '' }),
      { kind: 'ministack', python: 'python3' },
    ],
    [
      'the oldest Python that MiniStack takes',
      having({ python3: '3 10\n' }),
      { kind: 'ministack', python: 'python3' },
    ],
    [
      'a Python that is only called python',
      having({ python: '3 13\n' }),
      { kind: 'ministack', python: 'python' },
    ],
    [
      'the newer of two',
      having({ python3: '3 9\n', python: '3 11\n' }),
      { kind: 'ministack', python: 'python' },
    ],
    ['the image, where Python is too old', having({ docker, python3: '3 9\n' }), { kind: 'ministack-image' }],
    [
      'the image, where Python is of another age',
      having({ docker, python: '2 17\n' }),
      { kind: 'ministack-image' },
    ],
    ['the image, where there is no Python', having({ docker }), { kind: 'ministack-image' }],
  ])('%s', (_name, here, expected) => {
    expect(choose(here)).toEqual(expected);
  });

  test('a Python without venv or pip counts as none: it is asked for both', () => {
    const asked: string[][] = [];
    const run: Surroundings['run'] = (command, args) => {
      asked.push([command, ...args]);
      return command === 'docker' ? docker : undefined;
    };
    expect(choose({ environment: {}, run })).toEqual({ kind: 'ministack-image' });
    const pythons = asked.filter(([command]) => command !== 'docker');
    expect(pythons.map(([command]) => command)).toEqual(['python3', 'python']);
    for (const [, , script] of pythons) expect(script).toMatch(/^import .*\bvenv\b.*\bensurepip\b/);
  });

  test.each([
    ['nothing', having({})],
    ['a token alone', having({}, token)],
    ['an old Python', having({ python3: '3 9\n' })],
  ])('with %s it says what to install', (_name, here) => {
    expect(() => choose(here)).toThrow(new Error(NOTHING));
  });
});

test('on this machine, a command that fails or is missing printed nothing', () => {
  const node = (script: string) => surroundings.run(process.execPath, ['-e', script]);
  expect(node('console.log("here")')).toBe('here\n');
  expect(node('console.log("here"); process.exit(3)')).toBeUndefined();
  expect(surroundings.run('no-such-command-here', [])).toBeUndefined();
});

describe('the command', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    // A copy: an emulator that runs from this checkout would be found, used and stopped.
    mkdirSync(join(folder.path, 'bin'));
    symlinkSync(process.execPath, join(folder.path, 'bin/node'));
    symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    for (const name of ['package.json', 'test/aws/emulator'])
      cpSync(join(root, name), join(folder.path, name), { recursive: true });
  });
  afterEach(() => folder.remove());

  /** With nothing on the PATH but Node. */
  function main(...args: string[]) {
    const { status, stdout, stderr } = spawnSync('node', ['test/aws/emulator/main.ts', ...args], {
      cwd: folder.path,
      env: { PATH: join(folder.path, 'bin') },
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { status, stdout, stderr };
  }

  test.each([
    ['without arguments', [], 2],
    ['with a word that it does not know', ['sideways'], 2],
    ['asked for help', ['help'], 0],
  ])('%s it prints its help', (_name, args, status) => {
    expect(main(...args)).toEqual({
      status,
      stdout: expect.stringMatching(/^Usage: node test\/aws\/emulator\/main\.ts up \| down \| test/),
      stderr: '',
    });
  });

  test.each(['test', 'up'])(
    '%s fails where there is neither Python nor Docker, and skips nothing',
    (command) => {
      expect(main(command)).toEqual({ status: 1, stdout: '', stderr: `${NOTHING}\n` });
    },
  );

  test('down, where nothing runs, says so', () => {
    expect(main('down')).toEqual({
      status: 0,
      stdout: 'No emulator runs that was started from here.\n',
      stderr: '',
    });
  });
});
