/** Authorize and Abort at the same instant, from two processes: one wins, the other is told the state. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { order } from '../support/payments.ts';
import { processes, type Started } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const RACES = 200;
/** As many are prepared, and raced, at once. */
const AT_ONCE = 4;

const start = processes();
let folder: ReturnType<typeof temporaryFolder>;
let racers: ChildProcess[];

beforeEach(async () => {
  folder = temporaryFolder();
  racers = Array.from({ length: 2 * AT_ONCE }, () => fork(join(import.meta.dirname, 'racer.ts')));
  await Promise.all(racers.map((racer) => once(racer, 'message')));
});
afterEach(() => {
  for (const racer of racers) racer.kill('SIGKILL');
  folder.remove();
});

type Ended = { status: number; body: JsonObject };

async function run(racer: ChildProcess | undefined, url: string): Promise<Ended> {
  if (!racer) throw new Error('there is nobody to race');
  const told = once(racer, 'message');
  racer.send({ url });
  return (await told)[0] as Ended;
}

/** @returns the state that the winner has brought about. */
async function race(detent: Started, lane: number): Promise<string> {
  const { body } = await detent.post('/payments', order);
  const payment = `/payments/${body['paymentId']}`;
  // Who is told first takes turns.
  const actions = lane % 2 === 0 ? ['authorize', 'abort'] : ['abort', 'authorize'];
  const ended = await Promise.all(
    actions.map((action, n) => run(racers[2 * lane + n], `${detent.url}${payment}/${action}`)),
  );
  const statuses = ended.map(({ status }) => status).sort();
  expect({ statuses, ended }).toMatchObject({ statuses: [202, 409] });
  const lost = ended.find(({ status }) => status === 409)?.body;
  expect(lost).toMatchObject({ type: 'urn:detent:problem:wrong-state', state: expect.any(String) });
  const won = String(ended.find(({ status }) => status === 202)?.body['state']);
  expect(['Authorizing', 'Aborted']).toContain(won);
  // By now the gateway may have answered as well.
  expect(won === 'Aborted' ? ['Aborted'] : ['Authorizing', 'Authorized']).toContain(lost?.['state']);

  const history = await detent.get(`${payment}/history`);
  const entries = history.body['entries'] as unknown as { from: string; to: string }[];
  expect(entries.filter(({ from }) => from === 'Created').map(({ to }) => to)).toEqual([won]);
  return won;
}

test(`${RACES} times`, async () => {
  const detent = await start(folder.path);
  const won: string[] = [];
  for (let round = 0; round < RACES / AT_ONCE; round++)
    won.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, lane) => race(detent, lane)))));
  expect(won).toHaveLength(RACES);
  // Otherwise nobody raced.
  expect(new Set(won)).toEqual(new Set(['Authorizing', 'Aborted']));
}, 60_000);
