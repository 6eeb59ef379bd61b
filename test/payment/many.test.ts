/** Ten thousand payments with a gateway that fails in every way: every journal is whole, and the gateway's ledger says the same. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import { createStripeSandbox, type LedgerLine, type SandboxFault } from '../../local/sandbox/gateway.ts';
import { memoryStore } from '../../local/sandbox/store.ts';
import { type Chance, chanceOf } from '../crash/chance.ts';
import { inProcessClient } from '../sandbox/in-process-client.ts';
import { TestClock } from '../support/clock.ts';
import { createPayments, order, type Payments } from '../support/payments.ts';
import { temporaryFolder } from '../support/tables.ts';

const PAYMENTS = 10_000;
const AT_ONCE = 32;
/** Each batch has a gateway of its own: the sandbox looks through all that it knows. */
const BATCH = 250;
/** Of every hundred requests so many go wrong, each in one of these ways. */
const WRONG = 15;
const ways: SandboxFault[] = ['transient', 'ambiguous', 'error-before', 'error-after', 'lost'];

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const cards = [
  ...['pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_visa_chargeDeclined'],
  ...['pm_card_captureFail', 'pm_card_refundFail', 'pm_card_pendingRefund'],
];

/** What a customer does, one thing after the other; some of it is refused. */
async function pay(payments: Payments, flowId: string, chance: Chance): Promise<void> {
  await payments.create(flowId, { paymentMethod: chance.pick(cards) });
  const events = chance.pick([
    ['Abort'],
    ['Authorize', 'Cancel'],
    ['Authorize', 'Capture'],
    ['Authorize', 'Capture', 'Reverse'],
    ['Authorize', 'Capture', 'Cancel', 'Reverse'],
  ]);
  for (const event of events) {
    const payload = event === 'Capture' && chance.below(2) === 0 ? { value: 1 + chance.below(1_290) } : {};
    await payments.tell(flowId, event, payload);
    if (chance.below(3) > 0) await payments.relayAll(flowId);
  }
  await payments.relayAll(flowId);
}

/** What moved at the gateway, by the state in which a payment has ended. */
const moved: { [state: string]: string } = {
  Aborted: '',
  AuthError: '',
  Cancelled: 'authorized,voided',
  CaptureError: 'authorized',
  Captured: 'authorized,captured',
  Reversed: 'authorized,captured,refunded',
  ReverseError: 'authorized,captured',
};

/** Whatever has been begun comes to its end: what is held and forgotten is released after a week. */
async function settle({ clock, reconcile }: Payments): Promise<void> {
  for (let passes = 0; passes < 16; passes++) {
    clock.advance(passes < 12 ? 3_600_000 : 7 * 86_400_000);
    const { failures, records } = await reconcile();
    expect(failures).toBe(0);
    for (let more = records; more > 0; more = (await reconcile()).records) clock.advance(1);
  }
}

interface Shop {
  table: SqliteTable;
  clock: TestClock;
  chance: Chance;
}

/** So many payments at a gateway of their own, to their end. @returns how many have ended in each state. */
async function trade({ table, clock, chance }: Shop, ids: string[]): Promise<{ [state: string]: number }> {
  let calm = false;
  const fault = (): SandboxFault => (!calm && chance.below(100) < WRONG ? chance.pick(ways) : 'none');
  const sandbox = createStripeSandbox({ store: memoryStore(), now: () => clock.now() });
  const httpClient = inProcessClient(sandbox, undefined, fault);
  const gateway = createStripeGateway({ apiKey: async () => 'sk_test_many', httpClient });
  const payments = createPayments({ table, clock, gateway });
  const left = ids.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const id of left) await pay(payments, id, chance);
    }),
  );
  calm = true;
  await settle(payments);

  const lines = Map.groupBy(sandbox.ledger(), ({ paymentId }: LedgerLine) => paymentId);
  const ends: { [state: string]: number } = {};
  for (const id of ids) {
    const record = await payments.record(id);
    const state = record?.state ?? '';
    ends[state] = (ends[state] ?? 0) + 1;
    const own = lines.get(id) ?? [];
    const sum = (kind: string) =>
      own.filter((line) => line.kind === kind).reduce((total, { value }) => total + value, 0);
    const kinds = own.map(({ kind }) => (kind === 'expired' ? 'voided' : kind)).join();
    const { captured, reversed } = (record?.data ?? {}) as { [what: string]: { value: number } | undefined };
    expect({ id, state, kinds, captured: sum('captured'), refunded: sum('refunded') }).toEqual({
      ...{ id, state, kinds: moved[state] },
      captured: captured?.value ?? 0,
      refunded: reversed?.value ?? 0,
    });
    expect(sum('captured')).toBeLessThanOrEqual(order.amount.value);
    lines.delete(id);
  }
  expect([...lines.keys()]).toEqual([]);
  return ends;
}

test(`${PAYMENTS} payments`, async () => {
  const db = openDataFile(join(folder.path, 'detent.db'));
  // Nobody pulls the plug here.
  db.exec('PRAGMA synchronous = OFF');
  const shop = { table: new SqliteTable(db), clock: new TestClock(), chance: chanceOf(20_261_127) };
  const ended = new Set<string>();
  for (let n = 0; n < PAYMENTS; n += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, index) => `payment-${n + index}`);
    for (const state of Object.keys(await trade(shop, ids))) ended.add(state);
  }
  expect([...ended].sort()).toEqual(Object.keys(moved).sort());
  const entries = db.prepare(`SELECT count(*) AS n FROM items WHERE sk LIKE 'entry#%'`).get()?.['n'];
  db.close();

  const args = ['operations/journal.ts', 'verify', '--data-dir', folder.path];
  const { stdout } = await run(process.execPath, args, { cwd: root });
  expect(stdout).toBe(`${PAYMENTS} instances of payment, ${entries} entries: whole.\n`);
}, 600_000);
