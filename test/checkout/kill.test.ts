/** kill -9 at any moment, of the process, the provider and the warehouse: every order ends once, and no piece and no cent is lost. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { LedgerLine } from '../../local/sandbox/gateway.ts';
import { fileStore } from '../../local/sandbox/store.ts';
import { createWarehouse } from '../../local/sandbox/warehouse/warehouse.ts';
import { byChance, type Chance } from '../crash/chance.ts';
import { pause, untilGone } from '../crash/clients.ts';
import { order } from '../support/checkouts.ts';
import { eventually } from '../support/http.ts';
import { processes, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

const KILLS = 5;
const CLIENTS = 5;

const start = processes();
jest.setTimeout(120_000);
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const items = [{ sku: 'mug', quantity: 1 }];

/** Orders, and pays, cancels or forgets, until the process is gone. */
async function client(detent: Started, told: Set<string>, chance: Chance): Promise<void> {
  for (;;) {
    const made = await detent.post('/checkouts', { ...order, items });
    expect([201, 409]).toContain(made.status);
    if (made.status === 409) return;
    const id = String(made.body['checkoutId']);
    told.add(id);
    await pause(20 + chance.below(40));
    const { body } = await detent.get(`/checkouts/${id}`);
    const deed = chance.pick(['pay', 'pay', 'cancel', 'pay and cancel', 'forget']);
    if (deed.startsWith('pay') && body['paymentUrl'] !== undefined)
      await fetch(String(body['paymentUrl']), {
        ...{ method: 'POST', body: new URLSearchParams({ do: 'pay' }), redirect: 'manual' },
      }).catch(() => {});
    if (deed.endsWith('cancel'))
      expect([200, 409]).toContain((await detent.send('DELETE', `/checkouts/${id}`)).status);
  }
}

/** One of the processes beside it. */
async function beside({ child }: Started, what: string): Promise<number> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(child.pid), '-f', what]);
  return Number(stdout.trim().split('\n')[0]);
}

/** What the world outside knows, once nothing runs any more. */
function outside() {
  const gateway = fileStore(join(folder.path, 'gateway.db'));
  const stock = fileStore(join(folder.path, 'warehouse.db'));
  const lines = gateway.list<LedgerLine>('line/');
  const shipped = createWarehouse(stock, Date.now).shipped();
  gateway.close();
  stock.close();
  return { lines: Map.groupBy(lines, ({ paymentId }) => paymentId), shipped };
}

byChance('every order ends once, and nothing is lost', async (chance) => {
  const told = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const detent = await start(folder.path);
    await detent.post('/dev/faults', { warehouse: chance.pick(['none', 'ambiguous', 'transient']) });
    const clients = untilGone(Array.from({ length: CLIENTS }, () => client(detent, told, chance.split())));
    await pause(200 + chance.below(300));
    const victim = chance.pick(['sandbox/main.ts', 'warehouse/main.ts', '']);
    if (victim !== '') {
      process.kill(await beside(detent, victim), 'SIGKILL');
      await pause(chance.below(300));
    }
    await detent.stop('SIGKILL');
    await clients;
  }
  expect(told.size).toBeGreaterThan(10);

  const detent = await start(folder.path);
  for (const seconds of [60, 120, 240, 3_700, 3_900, 86_401]) {
    await detent.post('/dev/clock', { advanceSeconds: seconds });
    await pause(2_500);
  }
  const ends = new Map<string, string>();
  for (const id of told) ends.set(id, String((await detent.get(`/checkouts/${id}`)).body['state']));
  const { body: mugs } = await detent.get('/inventory/mug');
  expect((await detent.stop()).code).toBe(0);

  const { lines, shipped } = outside();
  const orders = { Fulfilled: 0 };
  for (const [id, state] of ends) {
    const kinds = (lines.get(id) ?? []).map(({ kind }) => kind).join();
    const ships = shipped.filter((command) => command.startsWith(`${id}/`)).length;
    expect({ id, state, kinds, ships }).toEqual({ id, state, ...expected[state] });
    if (state === 'Fulfilled') orders.Fulfilled++;
  }
  expect(orders.Fulfilled).toBeGreaterThan(3);
  // Those that were placed, and nobody heard of, have expired.
  const all = shipped.length;
  expect(mugs).toEqual({ sku: 'mug', onHand: 100 - all, reserved: 0, sold: all });
});

const expected: { [state: string]: { kinds: string; ships: number } } = {
  Fulfilled: { kinds: 'authorized,captured', ships: 1 },
  Refunded: { kinds: 'authorized,captured,refunded', ships: 0 },
  Cancelled: { kinds: '', ships: 0 },
  PaymentFailed: { kinds: '', ships: 0 },
};

test('a webhook that came before our own reply waits over a kill -9', async () => {
  const secret = 'whsec_of_this_test';
  const environment = { STRIPE_WEBHOOK_SECRET: secret };
  const first = await start(folder.path, environment);
  await first.post('/dev/faults', { gateway: 'transient' });
  const { body: made } = await first.post('/checkouts', order);
  const id = String(made['checkoutId']);
  const { body, headers } = signed(sessionEvent('checkout.session.completed', id), { secret });
  const told = await fetch(`${first.url}/webhooks/stripe`, { method: 'POST', body, headers });
  expect([told.status, (await first.get(`/checkouts/${id}`)).body['state']]).toEqual([
    200,
    'CreatingPayment',
  ]);
  await first.stop('SIGKILL');

  const second = await start(folder.path, environment);
  const { body: kept } = await second.get(`/dev/flows/checkout/${id}`);
  expect(JSON.stringify(kept['record'])).toContain('"deferred":[{"event":{"id":"evt_');
  await second.post('/dev/clock', { advanceSeconds: 61 });
  const state = async () => (await second.get(`/checkouts/${id}`)).body['state'];
  await eventually(state, (seen) => seen === 'Fulfilled', 10_000);
  // It comes again, as Stripe would send it: nothing happens twice.
  const again = await fetch(`${second.url}/webhooks/stripe`, { method: 'POST', body, headers });
  expect([again.status, await state()]).toEqual([200, 'Fulfilled']);
});

test('the page that a customer has is there after a kill -9, at the same address', async () => {
  const first = await start(folder.path);
  const { body: made } = await first.post('/checkouts', order);
  const view = async (detent: Started) =>
    eventually(
      async () => (await detent.get(`/checkouts/${made['checkoutId']}`)).body,
      (seen) => seen['state'] !== 'CreatingPayment',
    );
  const { paymentUrl } = await view(first);
  await first.stop('SIGKILL');
  const second = await start(folder.path);
  await fetch(String(paymentUrl), {
    method: 'POST',
    body: new URLSearchParams({ do: 'pay' }),
    redirect: 'manual',
  });
  await eventually(
    () => view(second),
    (seen) => seen['state'] === 'Fulfilled',
    10_000,
  );
});
