/** Committed transitions are told to others: all of them, at least once, always the same. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { deliverables } from '../../core/bookkeeping.ts';
import { EffectError } from '../../core/errors.ts';
import { entryOf } from '../../core/journal.ts';
import type { CrashPoint } from '../../core/ports.ts';
import { type Publication, type Publisher, publicationOf, publishExecutors } from '../../core/publication.ts';
import type { Entry, Item } from '../../core/types.ts';
import {
  createEngine,
  defer,
  door,
  type Engine,
  type EngineOptions,
  FLOW,
  go,
  type Rules,
} from '../support/engine.ts';
import { createPayments, order } from '../support/payments.ts';
import { publicationSchema } from '../support/publication-schema.ts';
import { temporaryTable } from '../support/tables.ts';
import { bell } from './bell.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** An engine whose transitions are told to `publish`; by default they are noted in `told`. */
function start(options: Partial<EngineOptions> = {}, publish?: Publisher) {
  const told: Publication[] = [];
  const note: Publisher = async (message) => void told.push(message);
  const engine = createEngine({
    ...{ rules: door, publishes: true },
    ...options,
    executors: { bell: bell().executor, ...publishExecutors(publish ?? note), ...options.executors },
  });
  closing.push(engine.close);
  return { ...engine, told };
}

const entriesOf = async ({ entries }: Pick<Engine, 'entries'>, flowId = 'd'): Promise<Entry[]> =>
  (await entries(flowId)).map(entryOf);
const wordOf = ({ delivery, version }: Item) => (delivery as { [id: string]: Item })[`d/${version}/0`];
const firstOf = async ({ entries }: Pick<Engine, 'entries'>) => (await entries('d'))[0] as Item;

describe('the message of an entry', () => {
  test('names the transition, and says what happened: nothing of data, payloads or effects', async () => {
    const secret = 'nobody knows';
    const telling = go('Closed', {
      data: { secret },
      reply: { secret },
      facts: [{ type: 'WasMade', doors: 1 }],
      effects: [{ kind: 'bell', id: 'd/1/1', secret }],
    });
    const { tell, relayAll, told, entries } = start({
      rules: [
        [
          'New',
          'Made',
          (input) => ({ ...telling(input), deadlineSeconds: 60 }) as ReturnType<typeof telling>,
        ],
      ],
    });
    await tell('d', 'Made', { secret }, 'event-1');
    await relayAll('d');
    const hash = (await entries('d'))[0]?.['hash'];
    expect(told).toEqual([
      {
        ...{ flow: FLOW, flowId: 'd', version: 1, at: '2026-11-24T12:00:00.000Z' },
        event: { id: 'event-1', type: 'Made', at: '2026-11-24T12:00:00.000Z' },
        ...{ from: 'New', to: 'Closed', facts: [{ type: 'WasMade', doors: 1 }], hash },
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  test('of an outbox has no hash', async () => {
    const { tell, relayAll, told } = start({ persistence: 'outbox' });
    await tell('d', 'Made');
    await relayAll('d');
    expect(told).toHaveLength(1);
    expect(told[0]).not.toHaveProperty('hash');
    expect(publicationSchema.parse(told[0])).toEqual(told[0]);
  });

  test('of a payment says nothing of the card, nor of the hold', async () => {
    const { create, tell, relayAll, published, close } = createPayments();
    closing.push(close);
    await create('p');
    await tell('p', 'Authorize');
    await tell('p', 'AuthApproved', { authorization: 'pi_1' });
    await tell('p', 'Capture');
    await tell('p', 'CaptureSuccess', { authorization: 'pi_1' });
    await relayAll('p');
    expect(published.map(({ to }) => to)).toEqual([
      'Created',
      'Authorizing',
      'Authorized',
      'Capturing',
      'Captured',
    ]);
    for (const message of published) expect(publicationSchema.parse(message)).toEqual(message);
    const text = JSON.stringify(published);
    for (const personal of [order.paymentMethod, 'pi_1']) expect(text).not.toContain(personal);
  });
});

describe('the relay tells', () => {
  const rules: Rules = [
    ...door,
    ['Closed', 'Waits', defer],
    ['Closed', 'IsDropped', defer],
    ['Open', 'Waits', go('Open', {}, { deadlineSeconds: 10 })],
  ];

  test.each(['journal', 'outbox'] as const)(
    'every transition of a flow with %s: without effects, deferred, dropped',
    async (persistence) => {
      const { tell, relayAll, told, record } = start({ rules, persistence });
      for (const type of ['Made', 'Waits', 'IsDropped', 'Knocked', 'Opened', 'Closed', 'Unheard'])
        await tell('d', type);
      await relayAll('d');
      const version = Number((await record('d'))?.version);
      expect(version).toBe(7);
      expect(told.map((message) => message.version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      await relayAll('d');
      expect(told).toHaveLength(version);
    },
  );

  test('nothing of a flow that publishes nothing', async () => {
    const told: Publication[] = [];
    const engine = createEngine({
      rules,
      executors: publishExecutors(async (message) => void told.push(message)),
    });
    closing.push(engine.close);
    await engine.tell('d', 'Made');
    await engine.relayAll('d');
    expect(told).toEqual([]);
    expect((await engine.entries('d'))[0]).toMatchObject({ delivery: {} });
  });

  test('although an effect of the same transition fails for good', async () => {
    const ringing = go('Closed', { effects: [{ kind: 'bell', id: 'd/1/1' }] }, { deadlineSeconds: 60 });
    const failing = bell(new EffectError('permanent', 'refused')).executor;
    const { tell, relayAll, told, entries } = start({
      rules: [['New', 'Made', ringing]],
      executors: { bell: failing },
    });
    await tell('d', 'Made');
    const item = await firstOf({ entries });
    expect(deliverables(item as never).map(({ id }) => id)).toEqual(['d/1/1', 'd/1/0']);
    await relayAll('d');
    expect(told).toHaveLength(1);
  });
});

describe('until it has been taken', () => {
  const failures: [string, () => Promise<never>][] = [
    ['is refused for now', () => Promise.reject(new EffectError('transient', 'callback-503'))],
    ['may not have arrived', () => Promise.reject(new EffectError('ambiguous', 'silence'))],
    ['breaks', () => Promise.reject(new TypeError('fetch failed'))],
  ];

  test.each(failures)('it goes on: a message that %s, far more than five times', async (_how, fail) => {
    let down = true;
    const told: Publication[] = [];
    const { tell, relayAll, reconcile, clock, entries } = start({}, (message) => {
      if (down) return fail();
      told.push(message);
      return Promise.resolve();
    });
    await tell('d', 'Made');
    await relayAll('d');
    for (let pass = 0; pass < 15; pass++) {
      clock.advance(300_000);
      await reconcile();
    }
    const item = await firstOf({ entries });
    expect(wordOf(item)?.['attempt']).toBeGreaterThan(10);
    expect(item['dueAt']).toEqual(expect.any(String));
    down = false;
    clock.advance(300_000);
    await reconcile();
    expect(told.filter(({ version }) => version === 1)).toHaveLength(1);
    const taken = await firstOf({ entries });
    expect(wordOf(taken)).toMatchObject({ status: 'delivered' });
    expect(taken['dueAt']).toBeUndefined();
  });
});

describe('a crash', () => {
  const relayPoints: CrashPoint[] = [
    'claim.before',
    'claim.after',
    'perform.before',
    'perform.after',
    'mark.before',
    'mark.after',
  ];
  const deliverPoints: CrashPoint[] = [
    'load.before',
    'load.after',
    'resolve.before',
    'resolve.after',
    'commit.before',
    'commit.after',
  ];

  const cases = [...deliverPoints, ...relayPoints].flatMap((point) =>
    [1, 2, 3].map((nth): [CrashPoint, number] => [point, nth]),
  );
  test.each(cases)(
    'at %s, for the time %i: every transition is told at least once, and always the same',
    async (point, nth) => {
      const own = temporaryTable();
      closing.push(own.close);
      const told: Publication[] = [];
      let left = nth;
      const crash = (at: CrashPoint) => {
        if (at === point && --left === 0) throw new Error(`crash at ${at}`);
      };
      const publish: Publisher = async (message) => void told.push(structuredClone(message));
      const first = start({ table: own.table, ports: { crash }, relay: { crash } }, publish);
      // Whoever sends an event whose fate is unknown sends it again.
      for (const type of ['Made', 'Opened', 'Closed']) {
        const send = () => first.tell('d', type, {}, `the-${type}`);
        await send().catch(send);
      }
      await first.relayAll('d').catch(() => {});
      expect(left).toBeLessThanOrEqual(0);

      const second = start({ table: own.table, clock: first.clock }, publish);
      for (let pass = 0; pass < 3; pass++) {
        second.clock.advance(61_000);
        await second.reconcile();
      }
      const wanted = (await entriesOf(second)).map(publicationOf);
      expect(wanted.slice(0, 3).map(({ event: { type } }) => type)).toEqual(['Made', 'Opened', 'Closed']);
      for (const message of told) expect(wanted).toContainEqual(message);
      for (const message of wanted) expect(told).toContainEqual(message);
      // Only a crash between the telling and its note makes a double.
      const doubled = ['perform.after', 'mark.before'].includes(point) ? 1 : 0;
      expect(told).toHaveLength(wanted.length + doubled);
    },
  );
});
