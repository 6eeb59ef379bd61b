/** `npm run journal -- show` as an operator runs it, and both asked wrongly. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { temporaryFolder } from '../support/tables.ts';
import { dataFolder, drop, entry, journal, meddled, pk, REVERSED, set, show, verify } from './journals.ts';

jest.setTimeout(60_000);
const { path, remove } = temporaryFolder();
const whole = join(path, 'whole');
beforeAll(async () => void (await dataFolder(whole, 6)));
afterAll(remove);

describe('show', () => {
  test('the history, and the state and the data that it ends in', async () => {
    const { code, stdout, stderr } = await show(whole, `payment-${REVERSED}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const hash = '[\\w-]{10}';
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`payment payment-${REVERSED}`);
    expect(lines[2]).toBe(
      'version  at                        event           from → to                 hash',
    );
    expect(lines[3]).toMatch(
      new RegExp(`^      1  2026-11-24T12:00:00.000Z  PaymentCreated  New → Created {13}${hash}$`),
    );
    expect(lines.slice(4, 6)).toEqual([
      '         fact    PaymentAccepted merchant="shop" amount={"value":1290,"currency":"EUR"}',
      `         effect  payment-${REVERSED}/1/0 publish: delivered`,
    ]);
    expect(lines).toContain(`         effect  payment-${REVERSED}/4/1 payment.capture: pending`);
    expect(lines).toContain('version 7: Reversed');
    const data = JSON.parse(lines.slice(lines.indexOf('version 7: Reversed') + 1).join('\n'));
    expect(data).toMatchObject({ paymentMethod: 'pm_card_visa', reversed: { value: 1290, currency: 'EUR' } });
  });

  test('at a version: what was the case then', async () => {
    const { code, stdout } = await show(whole, 'payment-3', '--version', '4');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '\nversion 4: Authorizing, until 2026-11-24T12:01:00.000Z, deferred: Capture, Cancel\n',
    );
    expect(stdout).toContain('\n         queue   Capture waits\n');
    expect(stdout).not.toContain('AuthApproved');
    const all = await show(whole, 'payment-3');
    expect(all.stdout).toContain('\n         queue   it had waited\n');
    expect(all.stdout).toContain('\n         queue   Cancel was dropped\n');
  });

  test('as JSON', async () => {
    const { stdout } = await show(whole, 'payment-2', '--json');
    expect(JSON.parse(stdout)).toEqual({
      ...{ flow: 'payment', flowId: 'payment-2', faults: [] },
      entries: [
        expect.objectContaining({ version: 1, from: 'New', to: 'Created' }),
        {
          version: 2,
          at: '2026-11-24T12:00:00.000Z',
          event: { id: 'payment-2-0', type: 'Authorize', at: '2026-11-24T12:00:00.000Z' },
          ...{ from: 'Created', to: 'Authorizing' },
          facts: [{ type: 'AuthorizationRequested', amount: { value: 1290, currency: 'EUR' } }],
          effects: [
            {
              ...{ id: 'payment-2/2/1', kind: 'payment.authorize', status: 'pending', attempt: 0 },
              request: expect.objectContaining({ do: 'authorize', paymentMethod: 'pm_card_visa' }),
              notAfter: expect.any(String),
            },
            { id: 'payment-2/2/0', kind: 'publish', status: 'pending', attempt: 0 },
          ],
          hash: expect.stringMatching(/^[\w-]{43}$/),
        },
      ],
      record: expect.objectContaining({ state: 'Authorizing', version: 2 }),
    });
    const then = await show(whole, 'payment-2', '--json', '--version', '1');
    expect(JSON.parse(then.stdout).record).toMatchObject({
      state: 'Created',
      version: 1,
      hash: expect.any(String),
    });
  });

  test('a journal with faults: they are told, it is shown as far as it goes, and the status is 1', async () => {
    const folder = meddled(whole, drop(REVERSED, entry(3)), set(REVERSED, entry(5), 'facts', 'no list'), [
      "UPDATE items SET body = '[]' WHERE pk = ? AND sk = ?",
      pk(REVERSED),
      entry(6),
    ]);
    const { code, stdout, stderr } = await show(folder, `payment-${REVERSED}`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('\nFAULTY: version 3 is missing\nFAULTY: version 5 was changed: it is not what');
    expect(stdout).toMatch(/\n {6}6 {2}\? +\? +\? → \? +\?\n/);
    expect(stdout).toContain('\nversion 7: Reversed\n');
    // Before the first fault, all is well.
    expect(await show(folder, `payment-${REVERSED}`, '--version', '2')).toMatchObject({ code: 0 });
    const after = await show(folder, `payment-${REVERSED}`, '--version', '4');
    expect(after).toMatchObject({ code: 1, stdout: expect.stringContaining('FAULTY: version 3 is missing') });
    expect(after.stdout).not.toContain('version 4: ');
  });

  test('what is not there: a clear word, and status 1', async () => {
    expect(await show(whole, 'nobody')).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: 'There is no instance nobody of payment in this table.\n',
    });
    expect(await show(whole, '-dash')).toMatchObject({ code: 1, stderr: expect.stringContaining('-dash') });
    for (const version of ['8', '99']) {
      expect(await show(whole, 'payment-4', '--version', version)).toEqual({
        ...{ code: 1, stdout: '' },
        stderr: `payment payment-4 has no version ${version}.\n`,
      });
    }
  });
});

describe('asked wrongly', () => {
  test.each([
    [[], 'Say what'],
    [['repair'], 'Say what'],
    [['verify', '--table', 'a', '--stack', 'b'], 'Name one source: --data-dir, --stack or --table.'],
    [['verify', '--rebuild'], '--rebuild writes: name the source'],
    [['verify', 'payment-1', '--table', 'a'], 'Too many words: payment-1'],
    [['verify', '--table', 'a', '--json'], '--json belong to show'],
    [['verify', '--table', 'a', '--flow', 'mfa-login'], 'No journal is kept of mfa-login'],
    [['verify', '--export', 'a'], '--export'],
    [['show', '--table', 'a'], 'Say which instance'],
    [['show', 'a', '--table', 'a', '--version', '0'], '--version takes'],
    [['show', 'a', '--table', 'a', '--rebuild'], '--rebuild belongs to verify'],
  ])('%j: the help, and status 2', async (args, message) => {
    const { code, stdout, stderr } = await journal(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('--data-dir DIR');
  });

  test('a folder that is not there: status 2, without the help', async () => {
    const { code, stderr } = await verify(join(path, 'none'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/does not exist\. Name the folder of a process that has been started\.\n$/);
  });

  test('without a source it says which one it takes', async () => {
    const { stderr } = await journal('show', 'nobody-knows-this-one');
    expect(stderr).toContain('No source was named: this is --data-dir .data.\n');
  });

  test('--help', async () => {
    const { code, stdout, stderr } = await journal('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npm run -s journal -- verify [SOURCE]');
    expect(stdout).toContain('prints the data as it is');
  });
});
