/** However much is overdue, whoever looks for it lets others have their turn. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { Definition } from '../../core/definition.ts';
import { type Flow, recordKey } from '../../core/flow.ts';
import { createInspector } from '../../local/inspector/inspector.ts';
import { TestClock } from '../support/clock.ts';
import { temporaryTable } from '../support/tables.ts';

const OVERDUE = 2_000;
const long = new Date(0).toISOString();
const definition = { StartAt: 'Route', States: {} } as Definition;
const flow = { name: 'door', persistence: 'outbox', definition } as Flow;

let table: SqliteTable;
let close: () => void;
beforeEach(async () => {
  ({ table, close } = temporaryTable(10));
  for (let n = 0; n < OVERDUE; n += 50)
    await table.transact(
      Array.from({ length: 50 }, (_, m) => ({
        op: 'put' as const,
        key: recordKey(flow.name, `i${n + m}`),
        item: {
          ...{ flow: flow.name, flowId: `i${n + m}`, state: 'Open', version: 1, data: {}, createdAt: long },
          ...{ deferred: [], trail: [], deadline: long, dueAt: long },
        },
      })),
    );
});
afterEach(() => close());

test.each(['overdue', 'stuck'] as const)('%s of a state that none is in', async (only) => {
  const ports = { table, clock: new TestClock(), flows: { door: flow }, observe: () => {} };
  const inspector = createInspector(ports);
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  const { instances } = await inspector.instances({ only, state: 'Nowhere', limit: 50 });
  done = true;
  inspector.close();
  expect(instances).toEqual([]);
  expect(turns).toBeGreaterThan(OVERDUE / 100);
});
