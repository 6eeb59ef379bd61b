import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { flowOf } from '../../operations/flows.ts';
import { definitionsFolder, machinesOf, readMachines } from '../../operations/machines.ts';
import { temporaryFolder } from '../support/tables.ts';
import { loginDefinitions, machine } from './support.ts';

const definitions = new Map([['door', machine(['Shut', 'Open', 'Broken*'], [['Shut', 'Opened']])]]);
const wrong = (...renamings: string[]) => {
  const entries = renamings.map((one) => {
    const [from = '', to = ''] = one.split(' → ');
    return { from, to };
  });
  return () => machinesOf(definitions, { door: entries });
};

describe('the machines of this checkout', () => {
  test('are read, all of them, and each can be moved', () => {
    const machines = readMachines();
    const files = readdirSync(definitionsFolder).filter((name) => name.endsWith('.asl.json'));
    expect(machines.map(({ flow }) => `${flow}.asl.json`).sort()).toEqual(files.sort());
    for (const one of machines)
      expect(flowOf(one)).toMatchObject({ name: one.flow, definition: one.definition });
  });

  test('one that no flow is known of says what to do', () => {
    const [door] = machinesOf(definitions, {});
    expect(() => door && flowOf(door)).toThrow('add it to the table in flows/index.ts');
  });
});

describe('renamings', () => {
  test('lead from a state of before to one of now', () => {
    expect(wrong('Closed → Shut', 'Gone → Broken')()).toMatchObject([
      {
        flow: 'door',
        renamings: [
          { from: 'Closed', to: 'Shut' },
          { from: 'Gone', to: 'Broken' },
        ],
      },
    ]);
  });

  test.each([
    ['no such target', ['Closed → Shutt'], 'door: Closed → Shutt: there is no state Shutt to rest in'],
    ['a target where nothing rests', ['Closed → NotAllowed'], 'there is no state NotAllowed to rest in'],
    ['a source that still exists', ['Open → Shut'], 'Open still exists'],
    [
      'a chain',
      ['Closed → Latched', 'Latched → Shut'],
      'Closed → Latched: Latched is renamed as well; map Closed to where that ends',
    ],
    ['a ring', ['Closed → Latched', 'Latched → Closed'], 'Latched → Closed: Closed is renamed as well'],
    ['the same source twice', ['Closed → Shut', 'Closed → Open'], 'Closed → Open: Closed is renamed twice'],
    ['the start', ['New → Shut'], 'New is no state to rest in'],
  ])('%s', (_what, renamings, message) => {
    expect(wrong(...renamings)).toThrow(message);
  });

  test('an unknown flow, beside every other mistake', () => {
    const given = { gate: [], door: [{ from: 'Open', to: 'Nowhere' }] };
    expect(() => machinesOf(definitions, given)).toThrow(
      /gate: there is no definition gate\.asl\.json\n.*Open → Nowhere/,
    );
  });
});

describe('files', () => {
  let remove = () => {};
  afterEach(() => remove());

  /** A folder with the definition of the login, and this as migrations.json. */
  function folder(migrations: string): string {
    const made = temporaryFolder();
    remove = made.remove;
    const path = loginDefinitions(join(made.path, 'definitions'), (text) => text);
    writeFileSync(join(path, 'migrations.json'), migrations);
    return path;
  }
  const entry = { from: 'Old', to: 'LoggedIn', since: '2026-12-01', reason: 'clearer' };
  const one = (change: object) => JSON.stringify({ 'mfa-login': [{ ...entry, ...change }] });

  test('a whole entry is read', () => {
    expect(readMachines(folder(one({})))).toMatchObject([{ renamings: [{ from: 'Old', to: 'LoggedIn' }] }]);
  });

  test.each([
    ['no JSON', '{', 'migrations.json is not JSON'],
    ['a list', '[]', 'all of it: Invalid input: expected record'],
    ['no day', one({ since: '2026-13-01' }), 'mfa-login.0.since: must be a date'],
    ['no reason', one({ reason: '' }), 'mfa-login.0.reason: must say why'],
    ['another field', one({ when: 'now' }), 'mfa-login.0: Unrecognized key'],
  ])('%s', (_what, text, message) => {
    expect(() => readMachines(folder(text))).toThrow(message);
  });

  test('missing ones are named', () => {
    const made = temporaryFolder();
    remove = made.remove;
    expect(() => readMachines(made.path)).toThrow('holds no definition');
    mkdirSync(resolve(made.path, 'x'));
    writeFileSync(join(made.path, 'x/a.asl.json'), '{"StartAt":"A"}');
    expect(() => readMachines(join(made.path, 'x'))).toThrow(
      /a\.asl\.json is not as it should be.*\n.*States/,
    );
    writeFileSync(join(made.path, 'x/a.asl.json'), JSON.stringify(definitions.get('door')));
    expect(() => readMachines(join(made.path, 'x'))).toThrow(
      'migrations.json is missing; without renamings it holds {}',
    );
  });
});
