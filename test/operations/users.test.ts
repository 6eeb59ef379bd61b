import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Table } from '../../core/ports.ts';
import { passwordMatches } from '../../flows/mfa-login/password.ts';
import { readPassword } from '../../operations/password-input.ts';
import { addUser, dropUser, mistakes } from '../../operations/user-commands.ts';
import { temporaryTable } from '../support/tables.ts';
import { cheapCost } from '../support/world.ts';
import { run } from './support.ts';

const cost = cheapCost;
const ann = { username: 'ann', password: 'first password', phone: '+15555550123' };
const key = { table: 'users', pk: 'user#ann', sk: 'profile' };

describe('a user', () => {
  let close = () => {};
  afterEach(() => close());
  function open(): Table {
    const made = temporaryTable();
    close = made.close;
    return made.table;
  }
  const stored = async (table: Table) => String((await table.read(key))?.['password']);

  test('is added, with a password that matches', async () => {
    const table = open();
    await addUser(table, ann, { cost });
    expect(await table.read(key)).toMatchObject({ username: 'ann', phone: ann.phone });
    expect(await passwordMatches('first password', await stored(table))).toBe(true);
  });

  test('is replaced only when told so', async () => {
    const table = open();
    await addUser(table, ann, { cost });
    const other = { ...ann, password: 'second', phone: '+15555550124' };
    await expect(addUser(table, other, { cost })).rejects.toThrow('--replace');
    expect(await passwordMatches('first password', await stored(table))).toBe(true);
    await addUser(table, other, { cost, replace: true });
    expect(await passwordMatches('second', await stored(table))).toBe(true);
    expect(await table.read(key)).toMatchObject({ phone: '+15555550124' });
  });

  test('is not overwritten by two who add at once', async () => {
    const table = open();
    const both = ['one', 'two'].map((password) => addUser(table, { ...ann, password }, { cost }));
    const ended = await Promise.allSettled(both);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is removed, once', async () => {
    const table = open();
    await addUser(table, ann, { cost });
    await dropUser(table, 'ann');
    expect(await table.read(key)).toBeUndefined();
    await expect(dropUser(table, 'ann')).rejects.toThrow('no user of that name');
  });

  test('a busy table is said to be busy', async () => {
    const table = { ...open(), transact: async () => 'clash' as const };
    await expect(addUser(table, ann, { cost })).rejects.toThrow('busy');
    await expect(dropUser(table, 'ann')).rejects.toThrow('busy');
  });

  test.each([
    ['username', { username: '' }],
    ['username', { username: 'x'.repeat(129) }],
    ['password', { password: '' }],
    ['password', { password: 'x'.repeat(1_025) }],
    ['phone', { phone: '0155555501' }],
    ['phone', { phone: '+1 555 555 0123' }],
  ])('has no wrong %s: %j', async (field, change) => {
    const table = open();
    await expect(addUser(table, { ...ann, ...change }, { cost })).rejects.toThrow(`${field}: `);
    expect(await table.read(key)).toBeUndefined();
    expect(mistakes(change).join()).not.toContain('0155555501');
    expect(mistakes({ username: 'x'.repeat(128), password: 'x'.repeat(1_024) })).toEqual([]);
  });
});

describe('the password', () => {
  const piped = (content: string) => {
    const input = new PassThrough();
    input.end(content);
    return readPassword(input, () => {});
  };

  test.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['  in between  \n\n', '  in between  \n'],
    ['ünïcode', 'ünïcode'],
  ])('piped: %j', async (content, password) => {
    expect(await piped(content)).toBe(password);
  });

  /** A terminal at which this is typed, and all that it shows. */
  function typed(...keys: string[]) {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    const password = readPassword(input, (text) => {
      shown += text;
      const next = text.endsWith(': ') && keys.shift();
      if (next) setImmediate(() => input.write(next));
    });
    return { password, shown: () => shown };
  }

  test('typed twice, and never shown', async () => {
    const { password, shown } = typed('secreX\u007ft\r', 'secret\r');
    expect(await password).toBe('secret');
    expect(shown()).toBe('Password: \nAgain: \n');
  });

  test('typed differently the second time', async () => {
    await expect(typed('secret\r', 'secrets\r').password).rejects.toThrow('not the same');
  });

  test('not typed at all', async () => {
    await expect(typed('sec\u0003').password).rejects.toThrow('Nothing was changed');
  });
});

describe('the command', () => {
  const where = ['--data-dir', '/nowhere'];
  test.each([
    ['no words', [], 'Say what'],
    ['another word', ['list', ...where], 'Say what'],
    ['no phone', ['add', 'ann', ...where], 'Say what'],
    ['a phone for a removal', ['remove', 'ann', '+15555550123', ...where], 'Say what'],
    ['a password', ['add', 'ann', '+15555550123', 'hunter2', ...where], 'it comes from stdin'],
    ['a password as an option', ['add', 'ann', '+15555550123', '--password=hunter2', ...where], '--password'],
    ['no table', ['add', 'ann', '+15555550123'], '--table or --data-dir'],
    ['two tables', ['remove', 'ann', '--table', 't', ...where], '--table or --data-dir'],
    ['a wrong phone', ['add', 'ann', '5550123', ...where], 'E.164'],
  ])('%s: is refused with the help', async (_what, args, message) => {
    const { code, stdout, stderr } = await run('users', args, 'secret');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('npm run -s users -- add NAME PHONE');
    expect(stderr).not.toMatch(/hunter2|5550123\b(?!.*E)/);
  });

  test('a folder without data is left without', async () => {
    const { code, stderr } = await run('users', ['add', 'ann', '+15555550123', ...where], 'secret');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: '/nowhere/detent.db does not exist. Name the folder of a process that has been started.\n',
    });
  });
});
