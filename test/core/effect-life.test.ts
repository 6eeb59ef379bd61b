/** The life of an effect, as whoever looks at its entry sees it, and as it is counted. */
import { describe, expect, test } from '@jest/globals';
import type { Bookkeeping, EntryItem } from '../../core/bookkeeping.ts';
import type { CrashHook } from '../../core/ports.ts';
import { engines } from '../support/engine.ts';
import { ambiguous, bell, bellRules, permanent, transient } from './bell.ts';

const { start, engine } = engines({ rules: bellRules, persistence: 'outbox', retentionSeconds: 86_400 });

const entry = async () => (await engine().entries('d'))[0] as unknown as EntryItem;
const life = async () => (await entry()).delivery['d/1/1'];

/** A door that rings, whose bell does what the script says. */
async function ring(script: Parameters<typeof bell>, crash: CrashHook = () => {}) {
  const { calls, executor } = bell(...script);
  const { tell } = start({ executors: { bell: executor }, relay: { crash } });
  await tell('d', 'Made');
  return calls;
}

/** Fails once at a point, as the end of the process would. */
function crashAt(point: string): CrashHook {
  let armed = true;
  return (at) => {
    if (!armed || at !== point) return;
    armed = false;
    throw new Error('crash');
  };
}

describe('an effect has a visible life: it is', () => {
  test('pending, from the commit of its transition on', async () => {
    await ring([]);
    expect(await life()).toEqual({ status: 'pending', attempt: 0 });
  });

  test('claimed while somebody is at work, with the attempt and the lease', async () => {
    const calls = await ring(['hang']);
    const relayed = engine().relayAll('d');
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await life()).toEqual({
      status: 'claimed',
      attempt: 1,
      leaseUntil: '2026-11-24T12:00:30.000Z',
    });
    engine().clock.advance(10_000);
    await relayed;
  });

  test.each<[string, Parameters<typeof bell>, Partial<Bookkeeping>]>([
    ['delivered, with the receipt', ['done'], { status: 'delivered', receipt: 'rang' }],
    [
      'pending again after three tries in vain, with the next time',
      [transient(), transient(), transient()],
      { status: 'pending', reason: 'busy', nextAt: '2026-11-24T12:00:15.300Z' },
    ],
    ['failed, with the reason', [permanent()], { status: 'failed', reason: 'refused' }],
    [
      'unknown where its fate is open, with the reason and the next time',
      [ambiguous()],
      {
        status: 'unknown',
        reason: 'silence',
        nextAt: '2026-11-24T12:00:15.000Z',
        performed: 'perhaps',
      },
    ],
  ])('%s', async (_what, script, note) => {
    await ring(script);
    await engine().relayAll('d');
    expect(await life()).toEqual({ attempt: 1, ...note });
  });

  test('claimed again where a lease ran out, and says so: whether it was performed is unknown', async () => {
    await ring(['hang'], crashAt('perform.before'));
    await expect(engine().relayAll('d')).rejects.toThrow('crash');
    engine().clock.advance(61_000);
    const reconciled = engine().reconcile();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await life()).toMatchObject({ status: 'claimed', attempt: 2, performed: 'perhaps' });
    engine().clock.advance(10_000);
    await reconciled;
  });

  test('expired once nobody wants it any more, with what was tried until then', async () => {
    await ring([transient(), transient(), transient()]);
    await engine().relayAll('d');
    engine().clock.advance(300_000);
    await engine().reconcile();
    expect(await life()).toEqual({ status: 'expired', attempt: 1, reason: 'busy' });
  });
});

describe('an effect of unknown fate is counted', () => {
  /** The attempts that were counted as unknown. */
  const unknown = () =>
    engine().signals.flatMap((signal) =>
      signal.type === 'effect' && signal.status === 'unknown' ? [signal.attempt] : [],
    );
  const later = (ms = 60_000) => {
    engine().clock.advance(ms);
    return engine().reconcile();
  };

  test('once where its holder notes it, and not again by whoever goes on with it', async () => {
    await ring([ambiguous()]);
    await engine().relayAll('d');
    expect(unknown()).toEqual([1]);
    await later();
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
    expect(unknown()).toEqual([1]);
  });

  test('each time anew', async () => {
    await ring([ambiguous(), ambiguous(), ambiguous()]);
    await engine().relayAll('d');
    for (let pass = 0; pass < 4; pass++) await later();
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 4 });
    expect(unknown()).toEqual([1, 2, 3]);
  });

  test.each(['claim.after', 'perform.after', 'mark.before'])(
    'once where its holder is gone (%s), when the lease has run out',
    async (point) => {
      await ring([], crashAt(point));
      await expect(engine().relayAll('d')).rejects.toThrow('crash');
      engine().clock.advance(29_999);
      await engine().relayAll('d');
      expect(unknown()).toEqual([]);
      engine().clock.advance(1);
      await Promise.all([engine().relayAll('d'), engine().relayAll('d')]);
      await later();
      expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
      expect(unknown()).toEqual([1]);
    },
  );

  test('also where nobody wants it any more by then', async () => {
    await ring([], crashAt('perform.after'));
    await expect(engine().relayAll('d')).rejects.toThrow('crash');
    await later(300_000);
    expect(await life()).toEqual({ status: 'expired', attempt: 1 });
    expect(unknown()).toEqual([1]);
  });

  test('not where its fate is known', async () => {
    await ring([transient(), transient(), transient(), 'event']);
    await engine().relayAll('d');
    await later();
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
    expect(unknown()).toEqual([]);
  });
});

describe('an effect that nobody wants any more is not performed', () => {
  const late: CrashHook = (at) => {
    if (at === 'claim.after') engine().clock.advance(1);
  };

  test('by a quick try that comes too late', async () => {
    const calls = await ring([transient()]);
    engine().clock.advance(299_950);
    await engine().relayAll('d');
    expect(calls).toHaveLength(1);
    expect(await life()).toEqual({ status: 'expired', attempt: 1 });
    expect((await entry()).dueAt).toBeUndefined();
  });

  test('where its time passes with the claim', async () => {
    const calls = await ring([], late);
    engine().clock.advance(299_999);
    await engine().relayAll('d');
    expect(calls).toEqual([]);
    expect(await life()).toEqual({ status: 'expired', attempt: 1 });
  });

  test('and is performed a moment before', async () => {
    const calls = await ring([]);
    engine().clock.advance(299_999);
    await engine().relayAll('d');
    expect(calls).toHaveLength(1);
  });
});
