/** A folder or a file that may not be written or read: one clear line, exit 1, and nothing is changed. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test as runs } from '@jest/globals';
import { processes, refuse } from '../support/process.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';
import { user } from './clients.ts';

/** Root may write everywhere; so as root it runs without that privilege, and permissions count as for anybody else. */
const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
const [command, ...args] = under;
/** Not every system where one may be root has the command, or grants it. */
const here = command === undefined || spawnSync(command, [...args, 'true']).status === 0;
const test = here ? runs : runs.skip;

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
let data: string;
beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  mkdirSync(data);
});
afterEach(() => folder.remove());

const nothing = async () => {};
const stopped = () => seed(data, user);
/** As a killed process leaves it: with a log. */
async function killed(): Promise<void> {
  await stopped();
  await (await start(data)).stop('SIGKILL');
}

/** What the files hold, as short as a failure message wants it. */
const hashes = (names: string[]) =>
  names.map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(data, name)))
      .digest('hex'),
  ]);

const unwritable = /detent\.db cannot be (read or )?written.* Check .*permissions/;

test.each<[what: string, name: string, mode: number, prepare: () => Promise<void>, sentence: RegExp]>([
  ['an empty folder that may not be written', '', 0o500, nothing, unwritable],
  ['an empty folder that may not be entered', '', 0o000, nothing, unwritable],
  ['a folder with data that may not be written', '', 0o500, stopped, unwritable],
  ['a data file that may not be written', 'detent.db', 0o400, stopped, unwritable],
  [
    'a data file that may not be read',
    'detent.db',
    0o000,
    stopped,
    /permission denied, open '.+\.db'\. Set DATA_DIR/,
  ],
  ['a log that may not be written', 'detent.db-wal', 0o400, killed, unwritable],
  [
    'a key file that may not be read',
    'keys.json',
    0o000,
    stopped,
    /permission denied, open '.+keys\.json'\. Set DATA_DIR/,
  ],
])('%s', async (_what, name, mode, prepare, sentence) => {
  await prepare();
  const files = readdirSync(data);
  const before = hashes(files);
  const usual = statSync(join(data, name)).mode;
  chmodSync(join(data, name), mode);
  const { code, stdout, stderr } = await refuse(data, {}, 20_000, under);
  chmodSync(join(data, name), usual);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Detent cannot start\. [^\n]+\n$/);
  expect(stderr).toMatch(sentence);
  expect(hashes(files)).toEqual(before);
});

test('a folder that cannot be made', async () => {
  chmodSync(data, 0o500);
  const { code, stderr } = await refuse(join(data, 'new'), {}, 20_000, under);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^Detent cannot start\. .+mkdir '.+new'\. Set DATA_DIR [^\n]+\n$/),
  });
});

test('a key file that may only be read is enough', async () => {
  await stopped();
  chmodSync(join(data, 'keys.json'), 0o400);
  const detent = await start(data, {}, under);
  const { username, password } = user;
  expect((await detent.post('/logins', { username, password })).status).toBe(201);
  expect((await detent.stop()).code).toBe(0);
});
