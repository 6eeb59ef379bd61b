/** Entries whose effects always fail, or hang until their time is up, among a thousand others: nobody waits for them. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bookkeepingOf, entryItemOf } from '../../core/bookkeeping.ts';
import { EffectError } from '../../core/errors.ts';
import { entryKey, recordKey } from '../../core/flow.ts';
import { recordOf } from '../../core/persistence.ts';
import type { Performed } from '../../core/ports.ts';
import type { Effect } from '../../core/types.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import type { Engine as Running } from '../../local/engine.ts';
import { openRuntime } from '../../local/runtime.ts';
import { demoUser } from '../../local/users.ts';
import { createEngine, type Engine, embedded, FLOW, go, type Rules } from '../support/engine.ts';
import { eventually } from '../support/http.ts';
import { seed } from '../support/seed.ts';
import { temporaryFolder } from '../support/tables.ts';

const OTHERS = 1_000;

/** How the effects of an instance of this name go wrong. */
const poisons: { [flowId: string]: () => Promise<Performed> } = {
  hangs: () => new Promise(() => {}),
  'hangs too': () => new Promise(() => {}),
  'is refused': () => Promise.reject(new EffectError('permanent', 'refused')),
  'throws later': () => Promise.reject(new TypeError('a bug')),
  'throws at once': () => {
    throw new TypeError('a bug');
  },
};

const rules: Rules = [
  [
    'New',
    'Made',
    ({ step, flow, event }) => ({
      state: 'Ringing',
      step: { ...step, effects: [{ kind: 'bell', id: `${flow.id}/1/1` }] },
      deadlineSeconds: Number(event.payload['deadlineSeconds']),
    }),
  ],
  ['Ringing', 'BellFailed', go('Silent', {}, { final: true })],
  ['Ringing', 'DeadlinePassed', go('Late', {}, { final: true })],
];

let base: Engine;
let running: Running;
/** What the outside world does at the moment. */
let perform: (effect: Effect) => Promise<Performed>;
beforeEach(() => {
  base = createEngine({ rules, persistence: 'outbox', retentionSeconds: 86_400 });
  perform = poisoned;
  running = engine();
});
afterEach(() => {
  running.stop();
  base.close();
});

const flowIdOf = ({ id }: Effect) => id.split('/')[0] ?? '';
const poisoned = (effect: Effect) => poisons[flowIdOf(effect)]?.() ?? Promise.resolve({ done: true });

const engine = (): Running =>
  embedded(base, rules, {
    bell: { perform: (effect) => perform(effect), failure: () => ({ type: 'BellFailed', payload: {} }) },
  });

const make = (flowId: string, deadlineSeconds = 6_000) =>
  running.deliverer.deliver({
    flow: base.flow,
    flowId,
    event: { id: 'made', type: 'Made', payload: { deadlineSeconds } },
  });

const others = Array.from({ length: OTHERS }, (_, n) => `other ${n}`);

/** All of them at once, the poisons first. */
const makeAll = () => Promise.all([...Object.keys(poisons), ...others].map((flowId) => make(flowId)));

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function statusOf(flowId: string): Promise<string> {
  const item = await base.table.read(entryKey(FLOW, flowId, 1));
  return item ? bookkeepingOf(entryItemOf(item), { kind: 'bell', id: `${flowId}/1/1` }).status : 'absent';
}

/** Once it is so of all of them, after many turns of the event loop at the most; no time passes for the engine. */
async function expectAll(flowIds: string[], status: string): Promise<void> {
  let left = flowIds;
  for (let turns = 0; turns < 1_000 && left.length > 0; turns++) {
    await turn();
    const now = await Promise.all(left.map(statusOf));
    left = left.filter((_, index) => now[index] !== status);
  }
  expect(left).toEqual([]);
}

test('they hold up nobody on the change feed', async () => {
  const before = base.clock.now();
  await makeAll();
  await expectAll(others, 'delivered');
  expect(await statusOf('hangs')).toBe('claimed');
  expect(base.clock.now()).toBe(before);
  base.clock.advance(10_000);
  await expectAll(['hangs', 'hangs too', 'throws later', 'throws at once'], 'unknown');
  await expectAll(['is refused'], 'failed');
});

test('they hold up nobody in the reconciler, neither other effects nor deadlines', async () => {
  perform = () => Promise.reject(new EffectError('ambiguous', 'no answer'));
  await makeAll();
  await expectAll(others, 'unknown');
  await make('soon late', 20);
  base.clock.advance(15_001);
  perform = poisoned;
  await running.redrive();
  await expectAll(others, 'delivered');
  expect(await statusOf('hangs')).toBe('claimed');
  base.clock.advance(5_000);
  await running.redrive();
  const late = await base.table.read(recordKey(FLOW, 'soon late'));
  expect(recordOf(late ?? {}).state).toBe('Late');
  expect(await statusOf('hangs')).toBe('claimed');
});

test('they hold up nobody in the recovery after a crash', async () => {
  perform = () => new Promise(() => {});
  await makeAll();
  await expectAll(others, 'claimed');
  running.stop();
  perform = poisoned;
  base.clock.advance(1);
  running = engine();
  await expectAll(others, 'delivered');
  expect(await statusOf('hangs')).toBe('claimed');
});

test('they hold up nobody at the timer of the process', async () => {
  const folder = temporaryFolder();
  await seed(folder.path, demoUser);
  const hung = Promise.withResolvers<{ receipt: string }>();
  let send: () => Promise<{ receipt: string }>;
  const runtime = await openRuntime({
    dataDir: folder.path,
    settings: defaultSettings,
    observe: () => {},
    reconcileEveryMs: 10,
    phone: { send: () => send() },
  });
  const { flow } = runtime.mfaLogin;
  const status = async (flowId: string) => {
    const item = await runtime.table.read(entryKey(flow.name, flowId, 1));
    return item && Object.values(entryItemOf(item).delivery)[0]?.status;
  };
  /** A login whose SMS is tried by the timer, since its first try had no answer. */
  const begin = async (flowId: string, then: () => Promise<{ receipt: string }>, ends: string) => {
    send = () => Promise.reject(new EffectError('ambiguous', 'no answer'));
    const { username, password } = demoUser;
    const payload = { username, password, source: '192.0.2.1' };
    await runtime.deliverer.deliver({ flow, flowId, event: { id: flowId, type: 'LoginRequested', payload } });
    await eventually(
      () => status(flowId),
      (now) => now === 'unknown',
    );
    send = then;
    runtime.clock.advance(15_000);
    await eventually(
      () => status(flowId),
      (now) => now === ends,
    );
  };
  await begin('hangs', () => hung.promise, 'claimed');
  await begin('another', async () => ({ receipt: 'sent' }), 'delivered');
  expect(await status('hangs')).toBe('claimed');
  hung.resolve({ receipt: 'sent at last' });
  await runtime.close();
  folder.remove();
});
