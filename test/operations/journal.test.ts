/** `npm run journal -- verify` as an operator runs it, on a data folder with some hundred payments. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { entryOf, hashOf } from '../../core/journal.ts';
import type { JsonObject } from '../../core/types.ts';
import { temporaryFolder } from '../support/tables.ts';
import { dataFolder, drop, entry, meddled, pk, REVERSED, set, sql, verify } from './journals.ts';

const COUNT = 240;
jest.setTimeout(60_000);
const { path, remove } = temporaryFolder();
const whole = join(path, 'whole');
let entries = 0;
beforeAll(async () => {
  await dataFolder(whole, COUNT);
  entries = Number(sql(whole, "SELECT count(*) AS n FROM items WHERE sk LIKE 'entry#%'")[0]?.['n']);
});
afterAll(remove);

const everything = (folder: string) => sql(folder, 'SELECT * FROM items ORDER BY tbl, pk, sk');

describe('verify', () => {
  test('a whole folder: status 0, nothing written', async () => {
    const folder = meddled(whole);
    const before = everything(folder);
    const stdout = `${COUNT} instances of payment, ${entries} entries: whole.\n`;
    expect(await verify(folder)).toEqual({ code: 0, stdout, stderr: '' });
    expect(await verify(folder, '--flow', 'payment')).toEqual({ code: 0, stdout, stderr: '' });
    expect(everything(folder)).toEqual(before);
  });

  test('what was meddled with is named, each in a line that says what to do: status 1', async () => {
    const folder = meddled(
      whole,
      set(REVERSED, entry(3), 'facts[0].amount.value', '1'),
      drop(REVERSED + 6, entry(1)),
      drop(REVERSED + 12, entry(4)),
      drop(REVERSED + 12, entry(5)),
      drop(REVERSED + 18, entry(7)),
      set(REVERSED + 24, 'record', 'data.captured.value', '1'),
      set(REVERSED + 30, 'record', 'dueAt', '2030-01-01T00:00:00.000Z'),
      drop(REVERSED + 36, 'record'),
      drop(REVERSED + 42, 'record'),
      drop(REVERSED + 42, entry(1)),
      // One that is there twice: its entry in the place of another's.
      [
        'UPDATE items SET body = (SELECT body FROM items WHERE pk = ? AND sk = ?) WHERE pk = ? AND sk = ?',
        ...[pk(8), entry(2), pk(14), entry(2)],
      ],
    );
    const { code, stdout, stderr } = await verify(folder);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const about = (n: number) => lines.filter((line) => line.startsWith(`FAULTY: payment payment-${n}: `));
    const again = 'Entries cannot be made again: get them back from a backup, and verify again.';
    const says = (n: number, what: string, todo: string) =>
      expect(about(n)).toEqual([`FAULTY: payment payment-${n}: ${what}. ${todo}`]);
    says(REVERSED, 'version 3 was changed: it is not what was written there', again);
    says(REVERSED + 6, 'version 1 is missing', again);
    says(REVERSED + 12, 'versions 4 to 5 are missing', again);
    says(REVERSED + 18, 'version 7 is missing', again);
    const deleting = 'Delete the record, and --rebuild writes the one that the entries fold to.';
    says(REVERSED + 24, 'the record differs from what the entries fold to, in data', deleting);
    says(REVERSED + 30, 'the record differs from what the entries fold to, in dueAt', deleting);
    says(
      REVERSED + 36,
      'the record is lost',
      'The entries are whole: --rebuild writes the record that they fold to.',
    );
    says(REVERSED + 42, 'version 1 is missing; the record is lost', again);
    expect(about(14)[0]).toContain('version 2 was changed');
    expect(lines.at(-1)).toBe(
      `${COUNT} instances of payment, ${entries - 5} entries: 9 instances with faults; 1 item misfiled.`,
    );
    // The reconciler goes by the column, and the item says otherwise.
    expect(lines).toContainEqual(
      expect.stringMatching(
        `^FAULTY: "record" of "payment#payment-${REVERSED + 30}": what the database goes by`,
      ),
    );
    expect(lines).toHaveLength(11);
  });

  test('what the database goes by is held against what items say; what nobody would deliver is named', async () => {
    const folder = meddled(
      whole,
      ['UPDATE items SET due_at = NULL WHERE due_at IS NOT NULL AND pk = ?', pk(3)],
      [
        'UPDATE items SET expires_at = ? WHERE pk = ? AND sk = ?',
        '2020-01-01T00:00:00.000Z',
        pk(4),
        entry(2),
      ],
      [
        "UPDATE items SET due_at = NULL, body = json_remove(body, '$.dueAt') WHERE pk = ? AND sk = ?",
        pk(5),
        entry(1),
      ],
    );
    const { code, stdout } = await verify(folder);
    expect(code).toBe(1);
    expect(stdout).toContain(`"${entry(2)}" of "payment#payment-4"`);
    expect(stdout).toContain(
      'payment-5: version 1 has something left to deliver, and no dueAt. Nobody would',
    );
    expect(stdout).toMatch(/1 instance with faults; \d items? misfiled\.\n$/);
  });

  test('where only the database is misled, that is no whole', async () => {
    const folder = meddled(whole, [
      'UPDATE items SET due_at = NULL WHERE pk = ? AND sk = ?',
      ...[pk(3), entry(1)],
    ]);
    expect(await verify(folder)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/no fault in the instances; 1 item misfiled\.\n$/),
    });
  });

  test('an entry written anew with its hash is found by the one after it, or by the record', async () => {
    const folder = meddled(whole);
    const forge = (n: number, version: number) => {
      const [row] = sql(folder, 'SELECT body FROM items WHERE pk = ? AND sk = ?', pk(n), entry(version));
      const item: JsonObject = { ...JSON.parse(String(row?.['body'])), at: '2020-01-01T00:00:00.000Z' };
      const body = JSON.stringify({ ...item, hash: hashOf(entryOf(item)) });
      sql(folder, 'UPDATE items SET body = ? WHERE pk = ? AND sk = ?', body, pk(n), entry(version));
    };
    forge(4, 3);
    forge(10, 7);
    const { code, stdout } = await verify(folder);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'payment-4: version 4 was not written after the version 3 that is there: one of them was written anew.',
    );
    expect(stdout).toMatch(
      /payment-10: the record differs .* in .*hash.*\. Either the record or its last entries/,
    );
  });

  test('records that are lost are written again, byte for byte, and only where the entries are whole', async () => {
    const lost = Array.from({ length: 12 }, (_, n) => drop(n, 'record'));
    const folder = meddled(whole, ...lost, drop(5, entry(2)));
    const without = await verify(folder);
    expect(without).toMatchObject({ code: 1, stdout: expect.stringContaining('12 instances with faults.') });
    const { code, stdout } = await verify(folder, '--rebuild');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'payment payment-4: the record was lost, and has been written anew at version 7.\n',
    );
    expect(stdout).toContain('FAULTY: payment payment-5: version 2 is missing; the record is lost.');
    expect(stdout).toContain('1 instance with faults; 11 records written anew.');
    const gone = ({ pk: home, sk }: JsonObject) => home === pk(5) && (sk === 'record' || sk === entry(2));
    const before = everything(whole);
    expect(everything(folder)).toEqual(before.filter((row) => !gone(row)));

    const row = before.find((one) => one['pk'] === pk(5) && one['sk'] === entry(2));
    const values = ['tbl', 'pk', 'sk', 'body', 'due_at'].map((column) => String(row?.[column]));
    sql(folder, 'INSERT INTO items (tbl, pk, sk, body, due_at) VALUES (?, ?, ?, ?, ?)', ...values);
    const rest = await verify(folder, '--rebuild');
    expect(rest).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(': whole; 1 record written anew.'),
    });
    expect(everything(folder)).toEqual(before);
    expect(await verify(folder, '--rebuild')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(': whole; 0 records written anew.'),
    });
  });

  test('a folder without payments: a warning, and status 0', async () => {
    const folder = await dataFolder(join(path, 'empty'), 0);
    expect(await verify(folder)).toMatchObject({
      code: 0,
      stdout:
        'Warning: nothing was compared. Is it the table of instances?\n0 instances of payment, 0 entries: whole.\n',
    });
  });
});
