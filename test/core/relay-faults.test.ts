/** The relay where things go wrong around it: the table, the process, the other relay, the definition. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EntryItem } from '../../core/bookkeeping.ts';
import { DetentError, EffectError } from '../../core/errors.ts';
import type { EffectExecutor, Performed, Table, TransactOutcome } from '../../core/ports.ts';
import type { Write } from '../../core/types.ts';
import { engines, go, type Rule, type Rules } from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

let closeTable: () => void = () => {};
afterEach(() => {
  closeTable();
  closeTable = () => {};
});

const ring =
  (...kinds: string[]): Rule =>
  ({ step, flow }) => ({
    state: 'Ringing',
    step: {
      ...step,
      effects: kinds.map((kind, index) => ({ kind, id: `${flow.id}/${flow.version + 1}/${index + 1}` })),
    },
    deadlineSeconds: 6_000,
  });

const rules: Rules = [
  ['New', 'Made', ring('bell')],
  ['New', 'MadeTwice', ring('bell', 'light')],
  ['Ringing', 'BellFailed', go('Silent', {}, { final: true })],
  ['Ringing', 'BellRang', () => ({ state: 'Nowhere' }) as unknown as ReturnType<Rule>],
];

const executorOf = (perform: () => Promise<Performed>): EffectExecutor => ({
  perform,
  failure: (_effect, { message: reason }) => ({ type: 'BellFailed', payload: { reason } }),
});

const { start, engine } = engines({ rules, persistence: 'outbox', retentionSeconds: 86_400 });

/** A table whose writes of notes do what the script says first. */
function scripted(...script: ('pass' | TransactOutcome | DetentError)[]): Table {
  const { table, close } = temporaryTable();
  closeTable = close;
  return {
    read: (key) => table.read(key),
    query: (...args) => table.query(...args),
    due: (...args) => table.due(...args),
    async transact(writes: Write[], options) {
      const isNote = writes.length === 1 && writes[0]?.key.sk.startsWith('entry#');
      const next = isNote ? script.shift() : undefined;
      if (next instanceof DetentError) throw next;
      return next === undefined || next === 'pass' ? table.transact(writes, options) : next;
    },
  };
}

const away = () => new DetentError('table-unavailable', 'away');
const entry = async () => (await engine().entries('d'))[0] as unknown as EntryItem;
const life = async (n = 1) => (await entry()).delivery[`d/1/${n}`];

const turns = async (count = 20) => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a table that stays away', () => {
  test('at the mark is asked again: the effect is not performed twice', async () => {
    let performed = 0;
    const bell = executorOf(async () => {
      performed++;
      return { done: true };
    });
    const { tell, relayAll, clock, reconcile } = start({
      executors: { bell },
      table: scripted('pass', away(), 'clash', away()),
    });
    await tell('d', 'Made');
    await relayAll('d');
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 1 });
    clock.advance(300_000);
    await reconcile();
    expect(performed).toBe(1);
  });

  test('for longer than the relay has patience is reported to its caller, after pauses', async () => {
    const bell = executorOf(async () => ({ done: true }));
    const { tell, relayAll, clock } = start({
      executors: { bell },
      table: scripted('pass', ...Array.from({ length: 100_000 }, () => 'clash' as const)),
    });
    await tell('d', 'Made');
    const before = clock.now();
    await expect(relayAll('d')).rejects.toMatchObject({ code: 'table-unavailable' });
    expect(clock.now() - before).toBeGreaterThanOrEqual(5_000);
    expect(clock.now() - before).toBeLessThan(7_000);
  });
});

describe('claims', () => {
  test('are counted where the process dies with the effect each time, and end after five', async () => {
    let performed = 0;
    const bell = executorOf(async () => {
      performed++;
      return { done: true };
    });
    const crash = (point: string) => {
      if (point === 'perform.after') throw new Error('crash');
    };
    const { tell, reconcile, clock, record } = start({ executors: { bell }, relay: { crash } });
    await tell('d', 'Made');
    for (let pass = 0; pass < 9; pass++) {
      clock.advance(300_000);
      await reconcile();
    }
    expect(performed).toBe(5);
    expect(await record('d')).toMatchObject({ state: 'Silent' });
    expect(await life()).toMatchObject({ status: 'failed', attempt: 6, reason: 'attempts-used-up' });
  });

  /** An effect whose first claim has run out while its holder still works, and whose second holder is at work, too. */
  async function heldTwice() {
    const [first, second] = [Promise.withResolvers<Performed>(), Promise.withResolvers<Performed>()];
    const calls = [first.promise, second.promise];
    const bell = executorOf(() => calls.shift() ?? Promise.reject(new Error('a third call')));
    // A process that stands still does not notice that its call takes too long.
    const standing = {
      now: () => engine().clock.now(),
      sleep: () => new Promise<void>(() => {}),
      after: () => () => {},
    };
    const { tell, relayAll, clock } = start({ executors: { bell }, relay: { clock: standing } });
    await tell('d', 'Made');
    const slow = relayAll('d');
    await turns();
    clock.advance(30_001);
    const quick = relayAll('d');
    await turns();
    expect(await life()).toMatchObject({ status: 'claimed', attempt: 2 });
    return {
      failing: (failure: EffectError) => {
        first.reject(failure);
        return slow;
      },
      done: () => {
        second.resolve({ done: true });
        return quick;
      },
    };
  }

  test('that ran out take nothing back: what their holder notes later does not count', async () => {
    const { failing, done } = await heldTwice();
    await failing(new EffectError('ambiguous', 'silence'));
    expect(await life()).toMatchObject({ status: 'claimed', attempt: 2 });
    await done();
    expect(await life()).toMatchObject({ status: 'delivered', attempt: 2 });
  });

  test('that ran out do not report a failure while another one is at work', async () => {
    const { failing, done } = await heldTwice();
    await failing(new EffectError('permanent', 'refused'));
    expect(await engine().record('d')).toMatchObject({ state: 'Ringing' });
    await done();
    expect(await life()).toMatchObject({ status: 'delivered' });
  });

  test('outlast their quick tries', async () => {
    let performed = 0;
    const bell = executorOf(async () => {
      performed++;
      engine().clock.advance(9_990);
      throw new EffectError('transient', 'slow');
    });
    const { tell, relayAll } = start({ executors: { bell } });
    await tell('d', 'Made');
    const leased = engine().clock.now() + 30_000;
    await relayAll('d');
    expect(performed).toBe(2);
    expect(engine().clock.now()).toBeLessThan(leased);
  });
});

describe('a fault of ours', () => {
  test('in what a result leads to ends that effect, and its neighbour goes on', async () => {
    const bell = executorOf(async () => ({ event: { type: 'BellRang', payload: {} } }));
    let lit = 0;
    const light = executorOf(async () => {
      lit++;
      return { done: true };
    });
    const { tell, relayAll, signals } = start({ executors: { bell, light } });
    await tell('d', 'MadeTwice');
    await relayAll('d');
    await relayAll('d');
    expect(await life(1)).toMatchObject({ status: 'failed', reason: 'invalid-definition-output' });
    expect(await life(2)).toMatchObject({ status: 'delivered' });
    expect(lit).toBe(1);
    expect(signals).toContainEqual({
      type: 'failure',
      where: 'relay',
      subject: 'd/1/1',
      error: expect.stringMatching(/^Detent\.invalid-definition-output: the definition of door/),
    });
  });
});

describe('a fate that stays open', () => {
  test('rests as unknown where the executor will not call it a failure', async () => {
    const bell: EffectExecutor = {
      perform: () => Promise.reject(new EffectError('ambiguous', 'silence')),
      failure: () => undefined,
    };
    const { tell, relayAll, reconcile, clock, record } = start({ executors: { bell } });
    await tell('d', 'Made');
    await relayAll('d');
    for (let pass = 0; pass < 8; pass++) {
      clock.advance(300_000);
      await reconcile();
    }
    expect(await life()).toEqual({ status: 'unknown', attempt: 5, reason: 'silence', performed: 'perhaps' });
    expect((await entry()).dueAt).toBeUndefined();
    expect(await record('d')).toMatchObject({ state: 'Ringing', version: 1 });
  });
});
