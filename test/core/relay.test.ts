import { describe, expect, jest, test } from '@jest/globals';
import { type EntryItem, noted } from '../../core/bookkeeping.ts';
import type { Deliverer } from '../../core/delivery.ts';
import type { EffectExecutor } from '../../core/ports.ts';
import type { Effect } from '../../core/types.ts';
import { type EngineOptions, engines, FLOW, type Rules } from '../support/engine.ts';
import { ambiguous, bell, bellRules, lasting, permanent, ringing, transient } from './bell.ts';

const { start: startEngine, engine } = engines({
  rules: bellRules,
  persistence: 'outbox',
  retentionSeconds: 900,
});

const start = (executor: EffectExecutor, options: Partial<EngineOptions> = {}) =>
  startEngine({ executors: { bell: executor }, ...options });

const entry = async (): Promise<EntryItem | undefined> =>
  (await engine().entries('d'))[0] as unknown as EntryItem;
const life = async () => (await entry())?.delivery['d/1/1'];

describe('an effect', () => {
  test('is performed once under its own id, and marked', async () => {
    const { calls, executor } = bell();
    const { tell, relayAll, signals } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    await relayAll('d');
    expect(calls.map(({ key }) => key)).toEqual(['d/1/1']);
    const about = { type: 'effect', flow: 'door', flowId: 'd', effect: 'd/1/1', kind: 'bell' };
    expect(signals.filter(({ type }) => type === 'effect')).toEqual([
      { ...about, status: 'delivered', attempt: 1 },
    ]);
    expect(await life()).toEqual({ status: 'delivered', attempt: 1, receipt: 'rang' });
    const settled = await entry();
    expect(settled?.dueAt).toBeUndefined();
    expect(settled?.expiresAt).toBe('2026-11-25T12:00:00.000Z');
  });

  test('that repeats another uses its key', async () => {
    const { calls, executor } = bell();
    const { tell, relayAll } = start(executor, { rules: [['New', 'Made', ringing({ repeats: 'd/0/9' })]] });
    await tell('d', 'Made');
    await relayAll('d');
    expect(calls.map(({ key }) => key)).toEqual(['d/0/9']);
  });

  test('is performed once, however many relays hold it at once', async () => {
    const { calls, executor } = bell();
    const { tell, relayAll } = start(executor);
    await tell('d', 'Made');
    await Promise.all([relayAll('d'), relayAll('d'), relayAll('d')]);
    expect(calls).toHaveLength(1);
  });

  test('of another kind is left alone', async () => {
    const { executor } = bell();
    const { tell, relayAll } = start(executor, { executors: { light: executor } });
    await tell('d', 'Made');
    await relayAll('d');
    expect((await entry())?.revision).toBe(0);
  });

  test('whose time has passed is marked expired and not performed', async () => {
    const { calls, executor } = bell();
    const { tell, relayAll, clock } = start(executor);
    await tell('d', 'Made');
    clock.advance(300_000);
    await relayAll('d');
    expect(calls).toEqual([]);
    expect(await life()).toMatchObject({ status: 'expired' });
    expect((await entry())?.dueAt).toBeUndefined();
  });

  test('in a journal keeps its entry for ever', async () => {
    const { executor } = bell();
    const { tell, relayAll } = start(executor, { persistence: 'journal' });
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'delivered' });
    expect((await entry())?.expiresAt).toBeUndefined();
  });
});

describe('a result', () => {
  test('becomes an event in one transaction with the mark', async () => {
    const { executor } = bell('event');
    const { tell, relayAll, record } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    expect(await record('d')).toMatchObject({
      state: 'Rung',
      trail: [{}, { eventId: 'd/1/1/result', type: 'BellRang' }],
    });
    expect(await life()).toMatchObject({ status: 'delivered' });
  });

  test('that the state no longer wants leaves the mark alone', async () => {
    const { executor } = bell('event');
    const { tell, relayAll, record } = start(executor);
    await tell('d', 'Made');
    await tell('d', 'Ignored');
    await relayAll('d');
    expect(await record('d')).toMatchObject({ state: 'Elsewhere', version: 2 });
    expect(await life()).toMatchObject({ status: 'delivered' });
  });

  test('that cannot be delivered now is performed again under the same key, for as long as that takes', async () => {
    let down = true;
    const flaky: Rules = lasting.map(([state, event, rule]) => [
      state,
      event,
      (input) => (down && event === 'BellRang' ? { unavailable: { reason: 'down' } } : rule(input)),
    ]);
    const { calls, executor } = bell(...Array.from({ length: 99 }, () => 'event' as const));
    const { tell, relayAll, record, clock, reconcile } = start(executor, { rules: flaky });
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'unknown', attempt: 1, reason: 'result-undelivered' });
    for (let pass = 0; pass < 8; pass++) {
      clock.advance(300_000);
      await reconcile();
    }
    down = false;
    clock.advance(300_000);
    await reconcile();
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set(['d/1/1']));
    expect(calls).toHaveLength(10);
    expect(await record('d')).toMatchObject({ state: 'Rung' });
    expect(await life()).toMatchObject({ status: 'delivered' });
  });

  test('that others were too fast for is not taken for delivered', async () => {
    const { executor } = bell('event');
    const conflict: Deliverer['deliver'] = async () => ({ status: 'conflict', state: 'Ringing' });
    const { tell, relayAll, record, reconcile, clock } = start(executor, { relay: { deliver: conflict } });
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'unknown', reason: 'result-undelivered' });
    expect(await record('d')).toMatchObject({ state: 'Ringing' });
    clock.advance(15_000);
    expect(await reconcile()).toMatchObject({ entries: 1 });
  });
});

describe('a failure', () => {
  test('that is transient is tried three times quickly', async () => {
    const { calls, executor } = bell(transient(), transient());
    const { tell, relayAll } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    expect(calls).toHaveLength(3);
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 1 });
  });

  test('is then written on the entry, and the reconciler goes on, five claims in all', async () => {
    const { calls, executor } = bell(...Array.from({ length: 99 }, transient));
    const { tell, relayAll, reconcile, clock, record } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'pending', attempt: 1, reason: 'busy' });
    const waits: number[] = [];
    for (let claim = 2; claim <= 5; claim++) {
      const nextAt = Date.parse((await life())?.nextAt ?? '');
      waits.push(Math.round((nextAt - clock.now()) / 1000));
      clock.advance(nextAt - clock.now() - 1);
      expect(await reconcile()).toMatchObject({ entries: 0 });
      clock.advance(1);
      expect(await reconcile()).toMatchObject({ entries: 1, failures: 0 });
    }
    expect(waits).toEqual([15, 30, 60, 120]);
    expect(calls).toHaveLength(15);
    expect(await life()).toMatchObject({ status: 'failed', attempt: 5, reason: 'busy' });
    expect(await record('d')).toMatchObject({ state: 'Silent', trail: [{}, { type: 'BellFailed' }] });
  });

  test('that is permanent is an event at once', async () => {
    const { calls, executor } = bell(permanent());
    const { tell, relayAll, record } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    expect(calls).toHaveLength(1);
    expect(await record('d')).toMatchObject({ state: 'Silent' });
    expect(await life()).toMatchObject({ status: 'failed', attempt: 1, reason: 'refused' });
  });

  test('that leaves its fate open is unknown, not tried again quickly, and later repeated under the same key', async () => {
    const { calls, executor } = bell(ambiguous());
    const { tell, relayAll, reconcile, clock } = start(executor);
    await tell('d', 'Made');
    await relayAll('d');
    expect(calls).toHaveLength(1);
    expect(await life()).toMatchObject({ status: 'unknown', attempt: 1 });
    clock.advance(15_000);
    await reconcile();
    expect(calls.map(({ key }) => key)).toEqual(['d/1/1', 'd/1/1']);
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
  });

  test('by a foreign error is of unknown fate, and its message is not kept', async () => {
    const { executor } = bell();
    const perform = jest.fn(async () => {
      throw new TypeError('secret +15555550100');
    });
    const { tell, relayAll } = start({ ...executor, perform });
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'unknown', reason: 'TypeError' });
  });

  test('to answer within ten seconds is of unknown fate, and ends before the lease', async () => {
    const { calls, executor } = bell('hang');
    const { tell, relayAll, clock } = start(executor);
    await tell('d', 'Made');
    const relayed = relayAll('d');
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);
    await relayed;
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(await life()).toMatchObject({ status: 'unknown', reason: 'time-out' });
  });
});

describe('crash points of the relay', () => {
  test.each([
    ['claim.before', 'pending', 1],
    ['claim.after', 'claimed', 1],
    ['perform.before', 'claimed', 1],
    ['perform.after', 'claimed', 2],
    ['mark.before', 'claimed', 2],
    ['mark.after', 'delivered', 1],
  ] as const)(
    'a crash at %s leaves it %s; in the end it was performed %i time(s)',
    async (point, status, times) => {
      let armed = true;
      const crash = (at: string) => {
        if (!armed || at !== point) return;
        armed = false;
        throw new Error('crash');
      };
      const { calls, executor } = bell();
      const { tell, relayAll, reconcile, clock, signals } = start(executor, { relay: { crash } });
      await tell('d', 'Made');
      await expect(relayAll('d')).rejects.toThrow('crash');
      expect((await life())?.status ?? 'pending').toBe(status);
      clock.advance(60_000);
      await reconcile();
      expect(calls).toHaveLength(times);
      expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
      expect(await life()).toMatchObject({ status: 'delivered' });
      const unknown = signals.filter((signal) => signal.type === 'effect' && signal.status === 'unknown');
      expect(unknown).toHaveLength(status === 'claimed' ? 1 : 0);
    },
  );

  test('a lease holds others off until it runs out, unless its holder is known to be gone', async () => {
    let armed = true;
    const crash = (at: string) => {
      if (armed && at === 'claim.after') throw new Error('crash');
    };
    const { calls, executor } = bell();
    const { tell, relayAll, relay, entries, clock } = start(executor, { relay: { crash } });
    await tell('d', 'Made');
    await expect(relayAll('d')).rejects.toThrow('crash');
    armed = false;
    clock.advance(29_999);
    await relayAll('d');
    expect(calls).toHaveLength(0);
    const [item] = await entries('d');
    if (item) await relay.handle(item, { restartedAt: clock.now() - 30_000 });
    expect(calls).toHaveLength(0);
    if (item) await relay.handle(item, { restartedAt: clock.now() - 29_999 });
    expect(calls).toHaveLength(1);
  });
});

describe('a process that was held up between its claim and the call', () => {
  /** `meanwhile` happens when the effect has just been claimed. */
  async function heldUp(meanwhile: () => unknown) {
    const { calls, executor } = bell();
    let before = true;
    const crash = async (at: string) => {
      if (at !== 'claim.after' || !before) return;
      before = false;
      await meanwhile();
    };
    const { tell, relayAll } = start(executor, { relay: { crash } });
    await tell('d', 'Made');
    await relayAll('d');
    return calls;
  }

  test('takes a new lease, so that no other one may have the effect before its call ends', async () => {
    const calls = await heldUp(() => engine().clock.advance(20_000));
    expect(calls).toHaveLength(1);
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 1 });
  });

  test('performs nothing where another one has it by then', async () => {
    const calls = await heldUp(async () => {
      engine().clock.advance(61_000);
      await engine().reconcile();
    });
    expect(calls).toHaveLength(1);
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
  });

  test('performs nothing where the holder after it is at work', async () => {
    const other = Promise.withResolvers<void>();
    const seen: number[] = [];
    const executor: EffectExecutor = {
      async perform() {
        seen.push(engine().clock.now());
        await other.promise;
        return { done: true };
      },
      failure: () => undefined,
    };
    let before = true;
    let second: Promise<void> | undefined;
    const crash = async (at: string) => {
      if (at !== 'claim.after' || !before) return;
      before = false;
      engine().clock.advance(30_001);
      second = engine().relayAll('d');
      while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    const { tell, relayAll } = start(executor, { relay: { crash } });
    await tell('d', 'Made');
    await relayAll('d');
    expect(seen).toHaveLength(1);
    expect(await life()).toMatchObject({ status: 'claimed', attempt: 2 });
    other.resolve();
    await second;
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
  });
});

describe('the notes on an entry', () => {
  const two = ['d/1/1', 'd/1/2'].map((id) => ({ kind: 'bell', id }));
  const [first, second] = two as [Effect, Effect];
  const at = '2026-11-24T12:00:00.000Z';
  const open: EntryItem = {
    flow: FLOW,
    flowId: 'd',
    version: 1,
    at,
    effects: two,
    revision: 0,
    delivery: {},
  };
  const now = Date.parse(at);

  test('are due when the first of its open effects is', () => {
    const later = noted(open, first, now, {
      status: 'pending',
      attempt: 1,
      nextAt: '2026-11-24T12:05:00.000Z',
    });
    const both = noted(later, second, now, {
      status: 'unknown',
      attempt: 1,
      nextAt: '2026-11-24T12:01:00.000Z',
    });
    expect(both.dueAt).toBe('2026-11-24T12:01:00.000Z');
    expect(noted(both, second, now, { status: 'delivered', attempt: 1 }).dueAt).toBe(
      '2026-11-24T12:05:00.000Z',
    );
  });

  test('never turn the attempts back: one that comes late, after another claim', () => {
    const claimedAgain = noted(open, first, now, { status: 'claimed', attempt: 2, leaseUntil: at });
    const late = noted(claimedAgain, first, now, { status: 'delivered', attempt: 1 });
    expect(late.delivery['d/1/1']).toEqual({ status: 'delivered', attempt: 2 });
  });
});

test('one entry that always fails holds up no other', async () => {
  const rung = new Set<string>();
  const executor: EffectExecutor = {
    async perform(_effect, { flowId }) {
      if (flowId === 'poison') throw transient();
      rung.add(flowId);
      return { done: true };
    },
    failure: (_effect, { message: reason }) => ({ type: 'BellFailed', payload: { reason } }),
  };
  const { tell, reconcile, clock } = start(executor);
  await tell('poison', 'Made');
  for (let n = 0; n < 200; n++) await tell(`d${n}`, 'Made');
  clock.advance(60_000);
  expect(await reconcile()).toMatchObject({ entries: 201, failures: 0 });
  expect(rung.size).toBe(200);
});
