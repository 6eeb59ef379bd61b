/** deliver where something is in the way: others, the table, the definition, sizes, the end of the process. */
import { describe, expect, test } from '@jest/globals';
import { DetentError } from '../../core/errors.ts';
import type { Table, TransactOutcome } from '../../core/ports.ts';
import { door, engines, go, type Rule, type Rules } from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

const { start } = engines();

describe('conflicts', () => {
  const failing = (
    outcomes: (TransactOutcome | Error)[],
  ): { table: Table; transacts: () => number; close: () => void } => {
    const { table, close } = temporaryTable();
    let transacts = 0;
    return {
      close,
      transacts: () => transacts,
      table: {
        read: (key) => table.read(key),
        query: (...args) => table.query(...args),
        due: (...args) => table.due(...args),
        transact: async (writes) => {
          const outcome = outcomes[transacts++];
          if (outcome instanceof Error) throw outcome;
          return outcome ?? table.transact(writes);
        },
      },
    };
  };

  test('send the delivery back to load', async () => {
    const { table, transacts, close } = failing(['conflict', 'conflict']);
    const { tell, signals } = start({ rules: door, table });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied', version: 1 });
    expect(transacts()).toBe(3);
    expect(signals.filter(({ type }) => type === 'conflict')).toHaveLength(2);
    close();
  });

  test('are answered with the state once the tries are used up', async () => {
    const { table, transacts, close } = failing(Array.from({ length: 99 }, () => 'conflict'));
    const { tell, record } = start({ rules: door, table });
    expect(await tell('d', 'Made')).toEqual({ status: 'conflict', state: 'New' });
    expect(transacts()).toBe(10);
    expect(await record('d')).toBeUndefined();
    close();
  });

  test('a clash repeats the commit alone', async () => {
    let resolved = 0;
    const { table, transacts, close } = failing(['clash', 'clash', 'clash']);
    const made: Rule = (input) => {
      resolved++;
      return go('Closed', {}, { final: true })(input);
    };
    const counting: Rules = [['New', 'Made', made]];
    const { tell } = start({ rules: counting, table });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied' });
    expect([resolved, transacts()]).toEqual([1, 4]);
    close();
  });

  test('an endless clash ends after 5 seconds, as a conflict', async () => {
    const { table, close } = failing(Array.from({ length: 100_000 }, () => 'clash'));
    const { tell, clock } = start({ rules: door, table, ports: { settings: { attempts: 1 } } });
    const before = clock.now();
    expect(await tell('d', 'Made')).toEqual({ status: 'conflict', state: 'New' });
    expect(clock.now() - before).toBeGreaterThanOrEqual(5_000);
    expect(clock.now() - before).toBeLessThan(7_000);
    close();
  });

  test('a write of unknown fate that did happen is answered from the trail', async () => {
    const { table, close } = temporaryTable();
    let calls = 0;
    const deaf: Table = {
      read: (key) => table.read(key),
      query: (...args) => table.query(...args),
      due: (...args) => table.due(...args),
      transact: async (writes) => {
        const outcome = await table.transact(writes);
        if (calls++ === 0) throw new DetentError('table-unavailable', 'no answer');
        return outcome;
      },
    };
    const { tell, record } = start({ rules: door, table: deaf });
    expect(await tell('d', 'Made')).toMatchObject({ status: 'applied', replayed: true, version: 1 });
    expect((await record('d'))?.version).toBe(1);
    close();
  });

  test('a table that stays away is unavailable, and a resolver that fails is so at once', async () => {
    const away = new DetentError('table-unavailable', 'gone');
    const { table, transacts, close } = failing([away, away, away, away]);
    const first = start({ rules: door, table });
    expect(await first.tell('d', 'Made')).toEqual({ status: 'unavailable', reason: 'table-unavailable' });
    expect(transacts()).toBe(3);
    close();
    first.close();
    const resolver = { resolve: () => Promise.reject(new DetentError('resolver-failed', 'down')) };
    const second = start({ rules: door, ports: { resolver } });
    expect(await second.tell('d', 'Made')).toEqual({ status: 'unavailable', reason: 'resolver-failed' });
  });
});

describe('what a definition must not do', () => {
  test('is to let an instance wait without a deadline', async () => {
    const { tell, record } = start({ rules: [['New', 'Made', go('Waiting')]] });
    await expect(tell('d', 'Made')).rejects.toMatchObject({
      code: 'invalid-definition-output',
      message: expect.stringContaining('Waiting'),
    });
    expect(await record('d')).toBeUndefined();
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '60'])(
    'is to give a deadline of %p seconds',
    async (seconds) => {
      const { tell } = start({
        rules: [['New', 'Made', go('Waiting', {}, { deadlineSeconds: seconds as number })]],
      });
      await expect(tell('d', 'Made')).rejects.toMatchObject({ code: 'invalid-definition-output' });
    },
  );
});

describe('sizes', () => {
  const text = 'x'.repeat(199_000);

  test('a definition input over the limit is refused before anything is written', async () => {
    const { tell, record } = start({ rules: door });
    await tell('d', 'Made');
    await expect(tell('d', 'Knocked', { text: 'x'.repeat(200_000) })).rejects.toMatchObject({
      code: 'too-large',
    });
    expect((await record('d'))?.version).toBe(1);
  });

  test('so is a record that would be over it', async () => {
    const twice: Rule = ({ step, event: { payload } }) => ({
      state: 'Closed',
      step: { ...step, data: { ...payload, again: payload } },
    });
    const { tell, record } = start({ rules: [...door, ['Closed', 'Copied', twice]] });
    await tell('d', 'Made');
    await expect(tell('d', 'Copied', { text: text.slice(0, 110_000) })).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/^The record .* Nothing was written/),
    });
    expect((await record('d'))?.version).toBe(1);
  });

  test('our own events are not', async () => {
    const { deliverer, flow, tell } = start({ rules: door });
    await tell('d', 'Made');
    const event = { id: 'own', type: 'Knocked', payload: { text: 'x'.repeat(200_000) } };
    expect(await deliverer.deliver({ flow, flowId: 'd', event, origin: 'own' })).toMatchObject({
      status: 'applied',
    });
  });
});

describe('crash points', () => {
  test.each([
    'load.before',
    'load.after',
    'resolve.before',
    'resolve.after',
    'commit.before',
    'commit.after',
  ] as const)('a crash at %s leaves the instance before or after the whole transition', async (point) => {
    let armed = false;
    const crash = (at: string) => {
      if (armed && at === point) {
        armed = false;
        throw new Error('crash');
      }
    };
    const { tell, record, entries } = start({ rules: door, ports: { crash } });
    await tell('d', 'Made');
    armed = true;
    await expect(tell('d', 'Opened', {}, 'e')).rejects.toThrow('crash');
    const after = point === 'commit.after';
    expect(await record('d')).toMatchObject(
      after ? { state: 'Open', version: 2 } : { state: 'Closed', version: 1 },
    );
    expect(await entries('d')).toHaveLength(after ? 2 : 1);
    expect(await tell('d', 'Opened', {}, 'e')).toMatchObject({
      status: 'applied',
      state: 'Open',
      version: 2,
      replayed: after,
    });
  });
});
