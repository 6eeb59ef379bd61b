/** A renaming is a transition like any other. */
import { describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import { rename, renamed, serves, stableStates } from '../../core/migration.ts';
import { project } from '../../core/transition.ts';
import type { Entry, InstanceRecord } from '../../core/types.ts';
import { mfaLogin } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { machinesOf } from '../../operations/machines.ts';
import { moveAll } from '../../operations/move.ts';
import { defer, door, type Engine, engines, FLOW, go } from '../support/engine.ts';
import { machine } from './support.ts';

const { start, engine } = engines({ rules: door });

const renamings = [{ from: 'Closed', to: 'Shut' }];
const rows: [string, string][] = [
  ['Shut', 'Opened'],
  ['Shut', 'DeadlinePassed'],
  ['Closed', 'Opened'],
];
const definition = machine(['Shut', 'Open', 'Broken*'], rows);
const flowOf = ({ flow }: Engine) => ({ ...flow, definition });
const random = { fraction: () => 0.5 };

const recordOf = async (flowId = 'd') => (await engine().record(flowId)) as InstanceRecord;
const moved = (flowId = 'd', table = engine().table) =>
  rename({ table, clock: engine().clock, random }, flowOf(engine()), flowId, renamings);

/** A table in which something happens just before the next commits. */
function meanwhile(...happen: (() => unknown)[]) {
  const { table } = engine();
  return {
    read: table.read.bind(table),
    query: table.query.bind(table),
    due: table.due.bind(table),
    transact: async (...writes: Parameters<typeof table.transact>) => {
      await happen.shift()?.();
      return table.transact(...writes);
    },
  };
}

describe('the states of a definition', () => {
  test('are its last Passes that say a state', () => {
    expect(stableStates(definition)).toEqual([
      { name: 'Shut', final: false },
      { name: 'Open', final: false },
      { name: 'Broken', final: true },
    ]);
    const login = stableStates(mfaLogin(defaultSettings).definition);
    expect(login.filter(({ final }) => !final).map(({ name }) => name)).toEqual([
      'WaitForOtpInput',
      'LoggedIn',
    ]);
    expect(login).toHaveLength(9);
  });

  test('a Pass on the way to one is none', () => {
    const passing = { Type: 'Pass', Parameters: { state: 'Passing' }, Next: 'Shut' };
    const States = { ...definition.States, Passing: passing };
    expect(stableStates({ ...definition, States })).toEqual(stableStates(definition));
  });

  test('and those that only have rows are served', () => {
    expect(serves(definition, 'Closed')).toBe(true);
    expect(serves(definition, 'Broken')).toBe(false);
  });
});

describe('a renamed instance', () => {
  test.each(['outbox', 'journal'] as const)(
    '%s: has moved, with everything else as it was',
    async (persistence) => {
      const { tell, clock } = start({ persistence });
      await tell('d', 'Made');
      const before = await recordOf();
      clock.advance(5_000);
      expect(await moved()).toBe('moved');
      const after = await recordOf();
      const { trail: _, hash: __, ...rest } = before;
      expect(after).toMatchObject({ ...rest, state: 'Shut', version: 2 });
      expect(after.trail.at(-1)).toMatchObject({
        ...{
          version: 2,
          eventId: 'd/1/renamed',
          type: 'StateRenamed',
          from: 'Closed',
          to: 'Shut',
          facts: [],
        },
        ...{ at: clock.iso(), fingerprint: '' },
      });
      expect(await moved()).toBe('settled');
      expect(await recordOf()).toEqual(after);
    },
  );

  test('journal: folding its entries gives the record', async () => {
    const { tell, entries } = start({ persistence: 'journal' });
    await tell('d', 'Made');
    await tell('d', 'Knocked', { times: 2 });
    await moved();
    const log = (await entries('d')) as unknown as Entry[];
    expect(log.map(({ version }) => version)).toEqual([1, 2, 3]);
    const folded = log.reduce<InstanceRecord | undefined>(
      (record, entry) => project(record, entry),
      undefined,
    );
    expect(await recordOf()).toEqual(folded);
  });

  test('outbox: leaves no entry', async () => {
    const { tell, entries } = start({ persistence: 'outbox' });
    await tell('d', 'Made');
    await moved();
    expect(await entries('d')).toEqual([]);
  });

  test('answers earlier events as before, and its own renaming to nobody', async () => {
    const { tell } = start({ persistence: 'outbox' });
    const first = await tell('d', 'Made', {}, 'made');
    await tell('d', 'Knocked', { opened: 7 }, 'knocked');
    await moved();
    const { status, outcome, view, state, version } = first as Extract<typeof first, { outcome: string }>;
    const again = { status, outcome, view, state, version, replayed: true };
    expect(await tell('d', 'Made', {}, 'made')).toMatchObject(again);
    expect(await tell('e', 'StateRenamed')).toEqual({ status: 'not-found' });
    expect(await tell('d', 'StateRenamed')).toMatchObject({ status: 'rejected' });
  });

  test('keeps its expiry, and one that has expired is left alone', async () => {
    const rules = [...door, ['Closed', 'Left', go('Gone', {}, { final: true })] as (typeof door)[number]];
    const { tell, clock } = start({ rules, retentionSeconds: 100, persistence: 'outbox' });
    await tell('d', 'Made');
    await tell('d', 'Left');
    const { expiresAt } = await recordOf();
    const to = [{ from: 'Gone', to: 'Broken' }];
    const ports = { table: engine().table, clock, random };
    clock.advance(50_000);
    expect(await rename(ports, flowOf(engine()), 'd', to)).toBe('moved');
    expect(await recordOf()).toMatchObject({ state: 'Broken', expiresAt });
    clock.advance(50_000);
    expect(await rename(ports, flowOf(engine()), 'd', [{ from: 'Broken', to: 'Broken' }])).toBe('settled');
  });

  test('cannot wait where the state is final, nor end where it waits', async () => {
    const { tell, clock, table } = start({ persistence: 'outbox' });
    await tell('d', 'Made');
    const flow = flowOf(engine());
    const ports = { table, clock, random };
    expect(await rename(ports, flow, 'd', [{ from: 'Closed', to: 'Broken' }])).toBe('unsuited');
    await tell('d', 'Opened');
    await tell('d', 'Broken');
    expect(await rename(ports, flow, 'd', [{ from: 'Broken', to: 'Shut' }])).toBe('unsuited');
    expect(await recordOf()).toMatchObject({ state: 'Broken', version: 3 });
    expect(() => renamed(flow, { deadline: 'x' } as InstanceRecord, 'Broken', clock.iso())).toThrow(
      /cannot be moved/,
    );
    expect(() => renamed(flow, { deadline: 'x' } as InstanceRecord, 'Nowhere', clock.iso())).toThrow(
      /cannot be moved/,
    );
  });

  test('deferred events become due; what the new state rejects is dropped by name', async () => {
    const rules = [...door, ['Closed', 'Opened', defer], ['Closed', 'Rung', defer]] as typeof door;
    const { tell, table } = start({
      rules: rules.filter(([, type, rule]) => type !== 'Opened' || rule === defer),
    });
    await tell('d', 'Made');
    await tell('d', 'Opened', { secret: 1 }, 'o');
    await tell('d', 'Rung', {}, 'r');
    await moved();
    const { deferred } = await recordOf();
    expect(deferred).toMatchObject([{ event: { id: 'o' }, due: true }]);
    const entry = (await engine().entries('d')).at(-1);
    expect(entry).toMatchObject({ deferred: { dropped: [{ id: 'r', type: 'Rung' }] } });
    const { keys } = await table.due('flows', engine().clock.iso(), { limit: 9 });
    expect(keys.map(({ sk }) => sk)).toContain('record');
  });
});

describe('many instances', () => {
  const ids = Array.from({ length: 40 }, (_, n) => `d${n}`);
  const [door] = machinesOf(new Map([[FLOW, definition]]), { [FLOW]: renamings });
  const all = (table = engine().table, progress = (_done: number) => {}) => {
    const group = { flow: FLOW, state: 'Closed', count: ids.length, ids, waiting: new Map() };
    const ports = { table, clock: engine().clock, random };
    return moveAll(ports, flowOf(engine()), door as NonNullable<typeof door>, group, progress);
  };

  test('move, each once, and are counted by what became of them', async () => {
    const { tell } = start({ persistence: 'outbox' });
    for (const id of ids) await tell(id, 'Made');
    await tell('d3', 'Opened');
    const done: number[] = [];
    expect(await all(undefined, (count) => done.push(count))).toEqual({
      moved: 39,
      settled: 1,
      unsuited: 0,
      conflict: 0,
    });
    expect(done).toEqual(ids.map((_, index) => index + 1));
    expect(await all()).toMatchObject({ moved: 0, settled: 40 });
  });

  test('one that fails is told once those under way have ended; a repetition goes on', async () => {
    const { tell, table } = start({ persistence: 'outbox' });
    for (const id of ids) await tell(id, 'Made');
    const failing = {
      ...meanwhile(),
      read: async (key: Parameters<typeof table.read>[0]) => {
        if (key.pk.endsWith('#d5')) throw new DetentError('invalid-transaction', 'no');
        return table.read(key);
      },
    };
    await expect(all(failing)).rejects.toMatchObject({ code: 'invalid-transaction' });
    const states = await Promise.all(ids.map(async (id) => (await recordOf(id)).state));
    expect(states.filter((state) => state === 'Closed')).toEqual(['Closed']);
    expect(await all()).toMatchObject({ moved: 1, settled: 39 });
  });
});

describe('others write at the same time', () => {
  test('an event came in between: it is read again, and moves on top', async () => {
    const { tell } = start({ persistence: 'journal' });
    await tell('d', 'Made');
    const table = meanwhile(() => tell('d', 'Knocked', { times: 1 }));
    expect(await moved('d', table)).toBe('moved');
    const { version, data, trail } = await recordOf();
    expect({ version, data, types: trail.map(({ type }) => type) }).toEqual({
      ...{ version: 3, data: { opened: 0, times: 1 } },
      types: ['Made', 'Knocked', 'StateRenamed'],
    });
  });

  test('an event led it out of the state: nothing is to be done', async () => {
    const { tell } = start({ persistence: 'journal' });
    await tell('d', 'Made');
    expect(
      await moved(
        'd',
        meanwhile(() => tell('d', 'Opened')),
      ),
    ).toBe('settled');
    expect(await recordOf()).toMatchObject({ state: 'Open', version: 2 });
  });

  test('it is given up after as many tries as a delivery has', async () => {
    const { tell } = start({ persistence: 'outbox' });
    await tell('d', 'Made');
    const knocks = Array.from({ length: 10 }, (_, n) => () => tell('d', 'Knocked', { n }));
    expect(await moved('d', meanwhile(...knocks))).toBe('conflict');
    expect(await recordOf()).toMatchObject({ state: 'Closed', version: 11 });
  });

  test('a write whose answer was lost is not made twice', async () => {
    const { tell } = start({ persistence: 'journal' });
    await tell('d', 'Made');
    const { table } = engine();
    let lost = false;
    const losing = {
      ...meanwhile(),
      transact: async (...writes: Parameters<typeof table.transact>) => {
        const outcome = await table.transact(...writes);
        if (lost) return outcome;
        lost = true;
        throw new DetentError('table-unavailable', 'no answer');
      },
    };
    expect(await moved('d', losing)).toBe('settled');
    expect(await recordOf()).toMatchObject({ state: 'Shut', version: 2 });
  });

  test('a table that stays away is an error, and so is any other', async () => {
    const { tell } = start({ persistence: 'journal' });
    await tell('d', 'Made');
    let tries = 0;
    const away = (code: 'table-unavailable' | 'invalid-transaction') => ({
      ...meanwhile(),
      transact: () => {
        tries++;
        throw new DetentError(code, 'away');
      },
    });
    await expect(moved('d', away('table-unavailable'))).rejects.toMatchObject({ code: 'table-unavailable' });
    expect(tries).toBe(10);
    await expect(moved('d', away('invalid-transaction'))).rejects.toMatchObject({
      code: 'invalid-transaction',
    });
    expect(tries).toBe(11);
  });
});
