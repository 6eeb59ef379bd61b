/** What is known of an effect over all of its attempts, and what the instance is told. */
import { describe, expect, test } from '@jest/globals';
import type { EntryItem } from '../../core/bookkeeping.ts';
import { EffectError } from '../../core/errors.ts';
import type { EffectExecutor } from '../../core/ports.ts';
import { engines, type Rules } from '../support/engine.ts';
import { lasting, ringing } from './bell.ts';

const { start, engine } = engines({ rules: lasting, persistence: 'outbox', retentionSeconds: 86_400 });

const entry = async () => (await engine().entries('d'))[0] as unknown as EntryItem;
const life = async () => (await entry()).delivery['d/1/1'];

describe('what earlier attempts left behind', () => {
  /** An executor that says of its failures what they are, and does what the list says. */
  function telling(...script: (EffectError | 'done')[]) {
    const told: string[] = [];
    const bell: EffectExecutor = {
      async perform() {
        const what = script.shift() ?? 'done';
        if (what !== 'done') throw what;
        return { event: { type: 'BellRang', payload: {} } };
      },
      failure: (_effect, { failure }) => {
        told.push(failure);
        return failure === 'ambiguous' ? undefined : { type: 'BellFailed', payload: { reason: failure } };
      },
    };
    return { told, bell };
  }
  const silence = () => new EffectError('ambiguous', 'silence');
  const busy = () => [1, 2, 3].map(() => new EffectError('transient', 'busy'));
  const passes = async (count: number) => {
    for (let pass = 0; pass < count; pass++) {
      engine().clock.advance(300_000);
      await engine().reconcile();
    }
  };

  test('is not forgotten: a first call that may have done it makes the last failure one that may have, too', async () => {
    const { told, bell } = telling(silence(), ...busy(), ...busy(), ...busy(), ...busy());
    const { tell, relayAll, record } = start({ rules: lasting, executors: { bell } });
    await tell('d', 'Made');
    await relayAll('d');
    await passes(6);
    expect(told).toEqual(['ambiguous']);
    expect(await record('d')).toMatchObject({ state: 'Ringing' });
    expect(await life()).toMatchObject({ status: 'unknown', attempt: 5, performed: 'perhaps' });
  });

  test('what was performed is never told as failed, however often its result cannot be delivered', async () => {
    const script = [silence(), silence(), silence(), silence(), 'done' as const, ...busy(), ...busy()];
    const { told, bell } = telling(...script, new EffectError('permanent', 'used up'));
    let down = true;
    const rules: Rules = lasting.map(([state, event, rule]) => [
      state,
      event,
      (input) => (down && event === 'BellRang' ? { unavailable: { reason: 'down' } } : rule(input)),
    ]);
    const { tell, relayAll, record } = start({ rules, executors: { bell } });
    await tell('d', 'Made');
    await relayAll('d');
    await passes(6);
    expect(await life()).toMatchObject({ status: 'unknown', performed: 'surely' });
    expect(await record('d')).toMatchObject({ state: 'Ringing' });
    down = false;
    await passes(3);
    expect(told).toEqual(['ambiguous']);
    expect(await record('d')).toMatchObject({ state: 'Ringing' });
    expect(await life()).toMatchObject({ status: 'unknown', performed: 'surely' });
  });
});

describe('what cannot work', () => {
  test('an executor that fails to tell its failure ends that effect, and not the next one of its entry', async () => {
    let performed = 0;
    const bell: EffectExecutor = {
      async perform() {
        performed++;
        throw new EffectError('permanent', 'refused');
      },
      failure: () => {
        throw new TypeError('a bug');
      },
    };
    const rules: Rules = [['New', 'Made', ringing({}, {})], ...lasting.slice(1)];
    const { tell, relayAll, signals } = start({ rules, executors: { bell } });
    await tell('d', 'Made');
    await relayAll('d');
    expect(performed).toBe(2);
    const { delivery } = await entry();
    expect(Object.values(delivery)).toEqual(
      [1, 2].map(() => ({ status: 'failed', attempt: 1, reason: 'misconfigured' })),
    );
    expect(signals.filter(({ type }) => type === 'failure')).toHaveLength(2);
  });

  test('a lease that is no longer than a call is refused at the start', () => {
    expect(() => start({ relay: { settings: { leaseMs: 10_000 } } })).toThrow(
      'a lease (10000 ms) must be longer than one call may take (10000 ms)',
    );
  });
});
