/** `npm run inventory` and `npm run operator`, on a process that runs and on a folder that nobody holds. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { order } from '../support/checkouts.ts';
import { eventually } from '../support/http.ts';
import { processes, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';
import { run } from './support.ts';

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const inventory = (...args: string[]) => run('inventory', [...args, '--data-dir', folder.path]);
const operator = (...args: string[]) => run('operator', [...args, '--data-dir', folder.path]);
const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });

test('the stock is set while the process runs, and while it does not', async () => {
  const detent = await start(folder.path);
  expect(await inventory('set', 'mug', '7')).toEqual(done('mug: 7 on hand, 0 reserved, 0 sold\n'));
  await detent.post('/checkouts', { ...order, items: [{ sku: 'mug', quantity: 2 }] });
  expect(await inventory('show', 'mug')).toEqual(done('mug: 5 on hand, 2 reserved, 0 sold\n'));
  expect(await inventory('set', 'lamp', '3', '--price', '4900')).toEqual(
    done('lamp: 3 on hand, 0 reserved, 0 sold\n'),
  );
  expect(await inventory('set', 'chair', '3')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is no good chair\. A new one needs its price/),
  });
  expect((await detent.stop()).code).toBe(0);
  expect(await inventory('set', 'mug', '9')).toEqual(done('mug: 9 on hand, 2 reserved, 0 sold\n'));
  expect(await inventory('show', 'lamp')).toEqual(done('lamp: 3 on hand, 0 reserved, 0 sold\n'));
});

test('what a person has found out reaches the order', async () => {
  const detent = await start(folder.path);
  await detent.post('/dev/sandbox', { warehouse: 'silent' });
  const { body: made } = await detent.post('/checkouts', order);
  const id = String(made['checkoutId']);
  const view = async () => (await detent.get(`/checkouts/${id}`)).body;
  const { paymentUrl } = await eventually(view, (seen) => seen['state'] === 'AwaitingPayment', 5_000);
  await fetch(String(paymentUrl), {
    method: 'POST',
    body: new URLSearchParams({ do: 'pay' }),
    redirect: 'manual',
  });
  await eventually(view, (seen) => seen['state'] === 'Fulfilling', 5_000);
  expect(await operator('checkout', id, 'OrderFulfilled')).toMatchObject({ code: 0, stderr: '' });
  expect(await view()).toMatchObject({ state: 'Fulfilled' });
  expect(await operator('checkout', 'nobody', 'OrderFulfilled')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^There is no such instance/) },
  });
  expect(await operator('checkout', id, 'FulfilmentRejected')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^It takes no such event/) },
  });
  await (detent as Started).stop('SIGKILL');
  expect(await operator('checkout', id, 'OrderFulfilled')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^Nobody answers at http/) },
  });
});

test('a command never reaches another process that listens there by now', async () => {
  const detent = await start(folder.path);
  await detent.stop('SIGKILL');
  const other = temporaryFolder();
  const port = new URL(detent.url).port;
  const second = await start(other.path, { PORT: port });
  // The first folder is held by somebody who has not said where.
  const lock = openDataFile(join(folder.path, 'detent.db'));
  expect(await inventory('set', 'mug', '1')).toMatchObject({
    ...{ code: 2, stderr: expect.stringMatching(/^Another process listens here now/) },
  });
  expect((await second.get('/inventory/mug')).body).toMatchObject({ onHand: 100 });
  lock.close();
  other.remove();
});

describe('what is asked wrongly gets the help', () => {
  test.each([
    [[]],
    [['set', 'mug']],
    [['set', 'mug', '1', '2']],
    [['show', 'mug', '1']],
    [['set', 'MUG', '1']],
    [['set', 'mug', '1.5']],
    [['set', 'mug', '10000000000']],
    [['set', 'mug', 'many']],
    [['set', 'mug', '1', '--price', '0']],
    [['show', 'mug', '--price', '1']],
    [['show', 'mug', '--stack', 'Detent-dev']],
    [['show', 'mug', '--nothing']],
  ])('inventory %j', async (args) => {
    const { code, stdout, stderr } = await inventory(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('npm run -s inventory -- set SKU PIECES');
  });

  test.each([
    [[]],
    [['checkout', 'id']],
    [['checkout', 'id', 'PaymentSucceeded']],
    [['payment', 'id', 'OrderFulfilled']],
    [['checkout', 'id', 'OrderFulfilled', 'more']],
    [['checkout', 'id', 'OrderFulfilled', '--stack', 'Detent-dev']],
  ])('operator %j', async (args) => {
    const { code, stdout, stderr } = await operator(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('npm run -s operator -- FLOW ID EVENT');
  });

  test('a folder that there is not is named', async () => {
    expect(await run('inventory', ['show', 'mug', '--data-dir', '/nowhere'])).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('/nowhere/detent.db does not exist') },
    });
  });
});
