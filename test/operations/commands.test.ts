/** The commands as an operator runs them, on the data folder of a real process. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { codeOf, processes } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';
import { loginDefinitions, run } from './support.ts';

const start = processes();
const { path, remove } = temporaryFolder();
afterAll(remove);

const OLD = 'WaitForOtpInput';
const NEW = 'WaitForCode';
const credentials = { username: 'demo', password: 'correct-horse-battery' };
const definitions = (change: (text: string) => string, renamings: string[] = []) =>
  loginDefinitions(mkdtempSync(join(path, 'definitions-')), change, renamings);
const to = (name: string) => (text: string) => text.replaceAll(OLD, name);
/** As `to`, but Route keeps rows for the old name. */
const serving = (name: string) => (text: string) => {
  const definition = JSON.parse(to(name)(text));
  const { Choices } = definition.States.Route;
  const old = (rule: object) =>
    JSON.parse(JSON.stringify(rule).replaceAll(`"StringEquals":"${name}"`, `"StringEquals":"${OLD}"`));
  definition.States.Route.Choices = [
    ...Choices,
    ...Choices.map(old).filter((rule: object) => JSON.stringify(rule).includes(OLD)),
  ];
  return JSON.stringify(definition);
};

test('a login survives a renaming of the state that it waits in, and one back', async () => {
  const dataDir = join(path, 'data');
  const source = ['--data-dir', dataDir];
  const detent = await start(dataDir);
  const { body } = await detent.post('/logins', credentials);
  const loginId = String(body['loginId']);
  const code = await codeOf(detent, loginId);
  const check = (folder?: string) =>
    run('check-definitions', [...source, ...(folder ? ['--definitions', folder] : [])]);
  const migrate = (...args: string[]) => run('migrate', [...source, ...args]);

  const busy = await check();
  expect(busy).toMatchObject({ code: 2, stdout: '' });
  expect(busy.stderr).toContain('in use by another process');
  await detent.stop();
  expect(await check()).toMatchObject({ code: 0, stderr: '' });

  // The state is gone: refused. Named in migrations.json: it passes, with a warning unless Route serves it meanwhile.
  const removed = await check(definitions(to(NEW)));
  expect(removed).toMatchObject({ code: 1, stderr: '' });
  expect(removed.stdout).toContain(`REFUSED: mfa-login: 1 instance in ${OLD} (${loginId.slice(0, 6)}…)`);
  expect(removed.stdout).not.toContain(loginId);
  const mapped = definitions(to(NEW), [`${OLD} → ${NEW}`]);
  expect(await check(mapped)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Warning: mfa-login: 1 instance'),
  });
  const both = await check(definitions(serving(NEW), [`${OLD} → ${NEW}`]));
  expect(both).toMatchObject({ code: 0, stdout: expect.not.stringContaining('Warning') });

  // A dry run changes nothing, a run moves, another one has nothing to do.
  const move = ['--definitions', mapped];
  for (const _ of [1, 2]) {
    const dry = await migrate(...move);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain(
      `mfa-login: 1 instance from ${OLD} to ${NEW} (${loginId.slice(0, 6)}…)\nNothing was changed.`,
    );
  }
  expect(await migrate(...move, '--apply')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('\n  1 moved\n'),
  });
  expect(await migrate(...move, '--apply')).toMatchObject({
    code: 0,
    stdout: 'None of 1 instance rests in a renamed state.\n',
  });
  expect(await check(definitions(to(NEW)))).toMatchObject({ code: 0 });
  expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining(`1 instance in ${NEW}`) });

  // Back to where the product knows it: the login goes on with the code of before.
  const back = definitions((text) => text, [`${NEW} → ${OLD}`]);
  expect(await migrate('--definitions', back, '--apply')).toMatchObject({ code: 0 });
  const again = await start(dataDir);
  const { body: shown } = await again.get(`/dev/flows/mfa-login/${loginId}`);
  expect(shown).toMatchObject({
    record: {
      ...{ state: OLD, version: 3, deadline: expect.any(String) },
      trail: [
        { type: 'LoginRequested' },
        { eventId: `${loginId}/1/renamed`, type: 'StateRenamed', from: OLD, to: NEW },
        { eventId: `${loginId}/2/renamed`, type: 'StateRenamed', from: NEW, to: OLD },
      ],
    },
  });
  expect(await again.post(`/logins/${loginId}/otp`, { code })).toMatchObject({
    status: 200,
    body: { state: 'LoggedIn' },
  });
}, 60_000);

test('what has expired by the clock of the data folder does not count', async () => {
  const dataDir = join(path, 'later');
  const detent = await start(dataDir);
  await detent.post('/logins', { ...credentials, password: 'wrong' });
  await detent.stop();
  const gone = definitions((text) => text.replaceAll('"Denied"', '"Refusal"'));
  const check = () => run('check-definitions', ['--data-dir', dataDir, '--definitions', gone]);
  expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining('1 instance in Denied') });
  const again = await start(dataDir, { SMS_QUOTA_PER_PHONE: '5' });
  await again.post('/dev/clock', { advanceSeconds: 901 });
  await again.stop('SIGKILL');
  expect(await check()).toMatchObject({ code: 0, stdout: expect.stringContaining('0 instances in') });
}, 60_000);

test('a user who was added can log in, and not after the removal', async () => {
  const dataDir = join(path, 'users');
  const source = ['--data-dir', dataDir];
  await (await start(dataDir)).stop();
  const added = await run('users', ['add', 'ann', '+15555550123', ...source], 'her own password\n');
  expect(added).toEqual({ code: 0, stdout: 'The user was added.\n', stderr: '' });
  expect(await run('users', ['add', 'ann', '+15555550123', ...source], 'x')).toMatchObject({
    code: 2,
    stdout: '',
  });
  const ann = { username: 'ann', password: 'her own password' };
  const detent = await start(dataDir);
  expect(await detent.post('/logins', ann)).toMatchObject({ body: { state: OLD, phone: '+1•••••••0123' } });
  await detent.stop();
  expect(await run('users', ['remove', 'ann', ...source])).toMatchObject({ code: 0 });
  const again = await start(dataDir);
  expect(await again.post('/logins', ann)).toMatchObject({ status: 401 });
}, 60_000);

describe('asked wrongly', () => {
  test.each([
    ['check-definitions', [], 'Name one source'],
    ['check-definitions', ['--table', 'a', '--data-dir', 'b'], 'Name one source'],
    ['check-definitions', ['--tabel', 'a'], '--tabel'],
    ['check-definitions', ['a'], 'a'],
    ['migrate', [], 'Name one source'],
    ['migrate', ['--export', 'a', '--apply'], 'nothing moves in it'],
  ])('%s %j: the help, and status 2', async (name, args, message) => {
    const { code, stdout, stderr } = await run(name, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('--data-dir DIR');
  });

  test.each(['check-definitions', 'migrate', 'users'])('%s --help', async (name) => {
    expect(await run(name, ['--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('npm run'),
    });
  });

  test('what is not there: status 2, without the help', async () => {
    const missing = await run('check-definitions', ['--export', join(path, 'none')]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/none'\n$/) });
    writeFileSync(join(path, 'empty.json'), '{"Items":[]}');
    const empty = await run('check-definitions', ['--export', join(path, 'empty.json')]);
    expect(empty).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was compared') });
  });
});
