/** What the reconciler must not harm: it may run twice at once, see an index that lies, and come when all has changed. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EffectExecutor, StoredItem, Table } from '../../core/ports.ts';
import {
  createEngine,
  defer,
  type Engine,
  type EngineOptions,
  FLOW,
  go,
  type Rule,
  type Rules,
} from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const effect =
  (kind: string, state: string, deadlineSeconds: number): Rule =>
  ({ step, flow }) => ({
    state,
    step: { ...step, effects: [{ kind, id: `${flow.id}/${flow.version + 1}/1` }] },
    deadlineSeconds,
  });
const note: Rule = ({ flow, event, step }) => ({
  state: flow.state,
  step: { ...step, data: { ...step.data, log: `${step.data['log'] ?? ''}${event.payload['mark']}` } },
});

const DAY = 86_400_000;

/** As much of a payment as waits for time. */
const rules: Rules = [
  ['New', 'Authorize', effect('authorize', 'Authorizing', 60)],
  ['Authorizing', 'Capture', defer],
  ['Authorizing', 'AuthApproved', go('Authorized', {}, { deadlineSeconds: 7 * 86_400 })],
  ['Authorizing', 'DeadlinePassed', effect('inquire', 'Authorizing', 120)],
  ['Authorized', 'Capture', go('Captured', {}, { final: true })],
  ['Authorized', 'Noted', note],
  ['Authorized', 'DeadlinePassed', effect('void', 'Cancelling', 60)],
];

/** What was asked of the gateway, by either engine. */
let asked: string[];
const executor: EffectExecutor = {
  async perform({ kind, id }) {
    asked.push(`${kind} ${id}`);
    return { done: true };
  },
  failure: () => undefined,
};
const executors = { authorize: executor, inquire: executor, void: executor };

type Meanwhile = () => Promise<unknown>;
interface Pair {
  /** Where events arrive. */
  one: Engine;
  /** Whose reconciler runs, with the hooks. */
  other: Engine;
}

/** Two engines on one table, as two processes have them. `index` stands between the second one and the table's index. */
function pair(
  options: {
    crash?: (point: string) => unknown;
    both?: boolean;
    index?: (due: Table['due']) => Table['due'];
  },
  more: Rules = [],
): Pair {
  asked = [];
  const { table, close } = temporaryTable();
  closers.push(close);
  const { crash = () => {}, both = false, index = (due) => due } = options;
  const hook = { crash: async (point: string) => void (await crash(point)) };
  const seen: Table = {
    read: (key) => table.read(key),
    query: (...args) => table.query(...args),
    due: index((...args) => table.due(...args)),
    transact: (...args) => table.transact(...args),
  };
  // An outbox, where the version of the record is the only lock; a journal has that of its entries besides.
  const common: EngineOptions = { rules: [...more, ...rules], executors, persistence: 'outbox' };
  const one = createEngine({ ...common, table, ...(both && { ports: hook, relay: hook }) });
  const other = createEngine({ ...common, table: seen, clock: one.clock, ports: hook, relay: hook });
  return { one, other };
}

/** Lets the first `count` who come to a point go on only when all of them are there. */
function meeting(at: string, count = 2) {
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  return {
    crash: async (point: string) => {
      if (point !== at) return;
      if (++arrived === count) all.resolve();
      await all.promise;
    },
    met: () => arrived >= count,
  };
}

/** Does something at a point, the first time that the reconciler comes there. */
const once = (at: string, meanwhile: Meanwhile) => {
  let armed = true;
  return async (point: string) => {
    if (!armed || point !== at) return;
    armed = false;
    await meanwhile();
  };
};

const trail = async ({ one }: Pair) => (await one.record('p'))?.trail.map(({ type, to }) => `${type} ${to}`);

describe('two reconcilers at once, on two engines', () => {
  test('that have both decided on a passed deadline apply it once', async () => {
    const { crash, met } = meeting('commit.before');
    let deciding = false;
    const engines = pair({ both: true, crash: (point) => (deciding ? crash(point) : undefined) });
    await engines.one.tell('p', 'Authorize');
    await engines.one.relayAll('p');
    engines.one.clock.advance(60_000);
    deciding = true;
    const passes = await Promise.all([engines.one.reconcile(), engines.other.reconcile()]);
    expect(met()).toBe(true);
    expect(passes.map(({ failures }) => failures)).toEqual([0, 0]);
    expect(await trail(engines)).toEqual(['Authorize Authorizing', 'DeadlinePassed Authorizing']);
  });

  test('that have both seen a pending entry perform its effect once', async () => {
    const { crash, met } = meeting('claim.before');
    const { one, other } = pair({ both: true, crash });
    await one.tell('p', 'Authorize');
    // Its deadline has passed as well by then; that is the other test.
    one.clock.advance(60_000);
    await Promise.all([one.reconcile(), other.reconcile()]);
    expect(met()).toBe(true);
    expect(asked.filter((what) => what.startsWith('authorize'))).toEqual(['authorize p/1/1']);
  });

  test('that have both taken up an event that became due apply it once', async () => {
    const { crash, met } = meeting('commit.before');
    let down = true;
    let draining = false;
    const flaky: Rules = [
      ['Authorized', 'Capture', (input) => (down ? { unavailable: { reason: 'down' } } : note(input))],
    ];
    const engines = pair({ both: true, crash: (point) => (draining ? crash(point) : undefined) }, flaky);
    const { one, other } = engines;
    await one.tell('p', 'Authorize');
    await one.tell('p', 'Capture', { mark: 'captured' });
    await one.tell('p', 'AuthApproved');
    down = false;
    draining = true;
    await Promise.all([one.reconcile(), other.reconcile()]);
    expect(met()).toBe(true);
    expect(await one.record('p')).toMatchObject({ version: 4, deferred: [], data: { log: 'captured' } });
  });
});

describe('an index that is read late', () => {
  test('and does not show yet what is due costs a pass, and no more', async () => {
    let late = true;
    const engines = pair({
      index:
        (due) =>
        async (...args) =>
          late ? { keys: [] } : due(...args),
    });
    const { one, other } = engines;
    await one.tell('p', 'Authorize');
    one.clock.advance(60_000);
    expect(await other.reconcile()).toEqual({ records: 0, entries: 0, failures: 0 });
    late = false;
    expect(await other.reconcile()).toEqual({ records: 1, entries: 1, failures: 0 });
    expect(await trail(engines)).toEqual(['Authorize Authorizing', 'DeadlinePassed Authorizing']);
    expect(asked).toEqual(['authorize p/1/1']);
  });

  test('and still shows what is over, or gone, or shows it twice, changes nothing', async () => {
    const key = (pk: string, sk: string) => ({ table: 'flows', pk, sk });
    const stale = [
      key(`${FLOW}#p`, 'record'),
      key(`${FLOW}#p`, 'entry#0000000001'),
      key(`${FLOW}#p`, 'record'),
      key(`${FLOW}#p`, 'entry#0000000002'),
      key(`${FLOW}#gone`, 'record'),
      key(`${FLOW}#gone`, 'entry#0000000001'),
    ];
    const { one, other } = pair({ index: () => async () => ({ keys: [...stale, ...stale] }) });
    await one.tell('p', 'Authorize');
    await one.relayAll('p');
    await one.tell('p', 'AuthApproved');
    await one.tell('p', 'Capture');
    one.clock.advance(10 * DAY);
    const all = (): Promise<StoredItem[]> => one.table.query('flows', `${FLOW}#p`, '');
    const before = await all();
    expect(await other.reconcile()).toMatchObject({ failures: 0 });
    expect(await all()).toEqual(before);
    expect(asked).toEqual(['authorize p/1/1']);
  });
});

describe('a deadline that is moved', () => {
  /** What the second engine's reconciler has done when the event arrives at the first. */
  const moments: [string, (meanwhile: Meanwhile) => Parameters<typeof pair>[0]][] = [
    [
      'read the index',
      (meanwhile) => ({
        index: (due) => async (table, before, page) => {
          const keys = await due(table, before, page);
          await meanwhile();
          return keys;
        },
      }),
    ],
    ['read the record', (meanwhile) => ({ crash: once('load.after', meanwhile) })],
    ['decided', (meanwhile) => ({ crash: once('commit.before', meanwhile) })],
  ];

  describe.each(moments)('after the reconciler has %s', (_moment, hooks) => {
    test('a payment authorised at the last instant is not voided, nor asked about', async () => {
      const engines: Pair = pair(hooks(() => engines.one.tell('p', 'AuthApproved')));
      const { one, other } = engines;
      await one.tell('p', 'Authorize');
      await one.relayAll('p');
      one.clock.advance(60_000);
      expect(await other.reconcile()).toMatchObject({ records: 1, failures: 0 });
      expect(await trail(engines)).toEqual(['Authorize Authorizing', 'AuthApproved Authorized']);
      const { deadline = '' } = (await one.record('p')) ?? {};
      expect(Date.parse(deadline) - one.clock.now()).toBeGreaterThan(6 * DAY);
      await other.relayAll('p');
      expect(asked).toEqual(['authorize p/1/1']);
    });

    test('a payment captured at the last instant is not voided', async () => {
      const engines: Pair = pair(hooks(() => engines.one.tell('p', 'Capture')));
      const { one, other } = engines;
      await one.tell('p', 'Authorize');
      await one.relayAll('p');
      await one.tell('p', 'AuthApproved');
      one.clock.advance(7 * DAY);
      expect(await other.reconcile()).toMatchObject({ records: 1, failures: 0 });
      expect((await trail(engines))?.at(-1)).toBe('Capture Captured');
      await other.relayAll('p');
      expect(asked).toEqual(['authorize p/1/1']);
    });
  });

  test('is applied where nothing came in between', async () => {
    const engines = pair({});
    const { one, other } = engines;
    await one.tell('p', 'Authorize');
    await one.tell('p', 'AuthApproved');
    one.clock.advance(7 * DAY);
    await other.reconcile();
    expect((await trail(engines))?.at(-1)).toBe('DeadlinePassed Cancelling');
    await other.relayAll('p');
    expect(asked).toContain('void p/3/1');
  });
});
