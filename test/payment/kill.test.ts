/** kill -9 at any moment, of the process and of its gateway: no card is charged twice, and what was answered stays true. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Publication } from '../../core/publication.ts';
import type { LedgerLine } from '../../local/sandbox/gateway.ts';
import { fileStore } from '../../local/sandbox/store.ts';
import { byChance, type Chance } from '../crash/chance.ts';
import { pause, untilGone } from '../crash/clients.ts';
import { order } from '../support/payments.ts';
import { processes, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const KILLS = 6;
const CLIENTS = 6;
const root = resolve(import.meta.dirname, '../..');

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

/** The farthest version that an answer named, by payment. */
type Told = Map<string, number>;

/** Pays until the process is gone. */
async function client(detent: Started, told: Told, chance: Chance): Promise<void> {
  for (;;) {
    const made = await detent.post('/payments', order);
    expect(made.status).toBe(201);
    const id = String(made.body['paymentId']);
    told.set(id, 1);
    for (const action of ['authorize', 'capture', chance.pick(['reverse', 'cancel', 'none'])]) {
      if (action === 'none') continue;
      const answer = await detent.post(`/payments/${id}/${action}`);
      // What comes too early is refused, and nothing else is.
      expect([202, 409]).toContain(answer.status);
      if (answer.status === 202) told.set(id, Number(answer.body['version']));
      await pause(chance.below(20));
    }
  }
}

/** The process of the sandbox, by its parent. */
async function gatewayOf({ child }: Started): Promise<number> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(child.pid), '-f', 'sandbox/main.ts']);
  return Number(stdout.trim().split('\n')[0]);
}

byChance('nothing is charged twice, and nothing is lost', async (chance) => {
  const told: Told = new Map();
  for (let kill = 0; kill < KILLS; kill++) {
    const detent = await start(folder.path, { GATEWAY_DELAY_MS: String(chance.below(40)) });
    const fault = chance.pick(['none', 'ambiguous', 'transient']);
    await detent.post('/dev/faults', { gateway: fault });
    const clients = untilGone(Array.from({ length: CLIENTS }, () => client(detent, told, chance.split())));
    await pause(100 + chance.below(250));
    if (chance.below(2) === 0) {
      process.kill(await gatewayOf(detent), 'SIGKILL');
      await pause(chance.below(300));
    }
    await detent.stop('SIGKILL');
    await clients;
  }
  expect(told.size).toBeGreaterThan(20);

  const detent = await start(folder.path);
  // Whatever the gateway did not say is asked; what nobody captured is released; then all is at its end.
  for (const seconds of [60, 120, 240, 3_600, 3_600, 3_600, 8 * 86_400, 3_600]) {
    await detent.post('/dev/clock', { advanceSeconds: seconds });
    await pause(150);
  }
  const ends = new Map<string, { state: string; version: number }>();
  for (const [id, version] of told) {
    const { body } = await detent.get(`/payments/${id}`);
    expect(Number(body['version'])).toBeGreaterThanOrEqual(version);
    ends.set(id, { state: String(body['state']), version: Number(body['version']) });
  }
  expect((await detent.stop()).code).toBe(0);

  const store = fileStore(join(folder.path, 'gateway.db'));
  const lines = Map.groupBy(store.list<LedgerLine>('line/'), ({ paymentId }) => paymentId);
  store.close();
  for (const [id, { state }] of ends) {
    const kinds = (lines.get(id) ?? []).map(({ kind }) => kind.replace('expired', 'voided')).join();
    expect({ id, state, kinds }).toEqual({ id, state, kinds: moved[state] });
  }
  // A client may not have heard of its payment; but no money moved for one that does not exist.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['operations/journal.ts', 'verify', '--data-dir', folder.path],
    { cwd: root },
  );
  expect(stdout).toMatch(/^\d+ instances of payment, \d+ entries: whole\.\n$/);
  expectAllTold(ends);
});

const moved: { [state: string]: string } = {
  Aborted: '',
  Cancelled: 'authorized,voided',
  Captured: 'authorized,captured',
  Reversed: 'authorized,captured,refunded',
};

/** Every version of every payment stands in the file at least once, whatever was killed while it was written. */
function expectAllTold(ends: Map<string, { version: number }>): void {
  const told = new Set<string>();
  for (const line of readFileSync(join(folder.path, 'facts.ndjson'), 'utf8').split('\n').filter(Boolean)) {
    let message: Publication;
    try {
      message = JSON.parse(line);
    } catch {
      continue;
    }
    told.add(`${message.flowId}/${message.version}`);
  }
  for (const [id, { version }] of ends)
    for (let n = 1; n <= version; n++) expect(told).toContain(`${id}/${n}`);
}
