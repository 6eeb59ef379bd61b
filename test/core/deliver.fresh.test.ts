/** An instance that the caller takes for new, and reads that may be old: what is guessed wrong is found out. */
import { describe, expect, test } from '@jest/globals';
import type { Table } from '../../core/ports.ts';
import type { DefinitionInput, JsonObject } from '../../core/types.ts';
import { createEngine, door, engines, FLOW, go } from '../support/engine.ts';
import { temporaryTable } from '../support/tables.ts';

const { start } = engines();

/** A table that notes what is asked of it. */
function noting() {
  const { table, close } = temporaryTable();
  const calls: string[] = [];
  const noted: Table = {
    read: (key) => {
      calls.push('read');
      return table.read(key);
    },
    query: (...asked) => table.query(...asked),
    due: (...asked) => table.due(...asked),
    transact: async (...asked) => {
      const outcome = await table.transact(...asked);
      calls.push(outcome);
      return outcome;
    },
  };
  return { table: noted, calls, close };
}

function engineOf(rules = door, retentionSeconds?: number) {
  const { table, calls, close } = noting();
  const engine = start({ rules, table, ...(retentionSeconds && { retentionSeconds }) });
  const fresh = (type: string, id: string, payload: JsonObject = {}) =>
    engine.deliverer.deliver({ flow: engine.flow, flowId: 'd', event: { id, type, payload }, fresh: true });
  return { ...engine, calls, fresh, end: close };
}

describe('a fresh instance', () => {
  test('is created without a look at it', async () => {
    const { fresh, calls, end } = engineOf();
    expect(await fresh('Made', 'e')).toMatchObject({ status: 'applied', version: 1, replayed: false });
    expect(calls).toEqual(['committed']);
    end();
  });

  test('that is not: the same event gets its answer again', async () => {
    const { fresh, calls, end } = engineOf();
    const first = await fresh('Made', 'e');
    calls.length = 0;
    expect(await fresh('Made', 'e')).toEqual({ ...first, replayed: true });
    expect(calls).toEqual(['conflict', 'read']);
    end();
  });

  test('that is not: another event is told what it would be told otherwise', async () => {
    const { fresh, tell, end } = engineOf();
    await tell('d', 'Made');
    expect(await fresh('Made', 'other')).toMatchObject({ status: 'rejected', reason: 'NotAllowed' });
    // Nothing would create it, and so nothing is committed that could conflict.
    expect(await fresh('Opened', 'e')).toMatchObject({ status: 'applied', state: 'Open', version: 2 });
    end();
  });

  test('to which nothing leads is not found', async () => {
    const { fresh, end } = engineOf();
    expect(await fresh('Opened', 'e')).toEqual({ status: 'not-found' });
    end();
  });

  test('over one that has expired continues its numbering', async () => {
    const { fresh, clock, end } = engineOf([['New', 'Made', go('Over', {}, { final: true })]], 60);
    await fresh('Made', 'e');
    clock.advance(60_000);
    expect(await fresh('Made', 'f')).toMatchObject({ status: 'applied', version: 2 });
    end();
  });

  test('whose commit got no answer is loaded the next time', async () => {
    const { table, calls, close } = noting();
    let lost = true;
    const transact: Table['transact'] = async (...asked) => {
      const outcome = await table.transact(...asked);
      if (!lost) return outcome;
      lost = false;
      throw Object.assign(new Error('lost'), { code: 'table-unavailable', advice: 'retry' });
    };
    const engine = createEngine({ rules: door, table: { ...table, transact } });
    const event = { id: 'e', type: 'Made', payload: {} };
    expect(
      await engine.deliverer.deliver({ flow: engine.flow, flowId: 'd', event, fresh: true }),
    ).toMatchObject({ status: 'applied', version: 1, replayed: true });
    expect(calls).toEqual(['committed', 'read']);
    close();
  });
});

test('the definition learns that it is asked again after a conflict, and only then', async () => {
  const inputs: DefinitionInput['flow'][] = [];
  const { table, close } = temporaryTable();
  const outcomes = ['conflict', 'conflict'] as const;
  let tries = 0;
  const { tell } = start({
    rules: [['New', 'Made', (input) => go('Over', {}, { final: true })(input)]],
    table: {
      read: (key) => table.read(key),
      query: (...asked) => table.query(...asked),
      due: (...asked) => table.due(...asked),
      transact: async (...asked) => outcomes[tries++] ?? table.transact(...asked),
    },
    ports: {
      resolver: {
        async resolve(_flow, { flow, step }) {
          inputs.push(flow);
          return { state: 'Over', step, final: true };
        },
      },
    },
  });
  expect(await tell('d', 'Made')).toMatchObject({ status: 'applied' });
  const asked = { name: FLOW, id: 'd', state: 'New', version: 0 };
  expect(inputs).toEqual([asked, { ...asked, retry: true }, { ...asked, retry: true }]);
  close();
});
