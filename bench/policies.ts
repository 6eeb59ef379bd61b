/** What a flow costs under either policy: the same instances, the same events, counted and timed. */
import { attributesOf, itemBytes } from '../adapters/aws/dynamo-items.ts';
import type { Persistence } from '../core/flow.ts';
import type { Table } from '../core/ports.ts';
import { createPayments } from '../test/support/payments.ts';
import { temporaryTable } from '../test/support/tables.ts';
import { createWorld } from '../test/support/world.ts';
import { countingTable, sumOf } from './counting-table.ts';
import { median } from './report/statistics.ts';

/** One instance from its first event to its last. */
export interface Run {
  play(flowId: string): Promise<void>;
  flow: string;
}

/** A flow, on a table that it is given. */
type Maker = (table: Table, persistence: Persistence) => Promise<Run>;

/** A login with its code. */
const login: Maker = async (table, persistence) => {
  const world = await createWorld({
    table,
    persistence,
    settings: { smsQuotaPerHour: 1e9, smsQuotaPerDay: 1e9 },
  });
  return {
    flow: world.flow.name,
    async play(flowId) {
      await world.begin(flowId);
      await world.relayAll(flowId);
      await world.tell(flowId, 'OtpSubmitted', { code: world.code() });
      await world.tell(flowId, 'LogoutRequested');
      await world.relayAll(flowId);
    },
  };
};

/** A payment that is captured and reversed; the gateway says yes at once. */
const paying =
  (publishes: boolean): Maker =>
  async (table, persistence) => {
    const yes = async () => ({ status: 'done' as const, authorization: 'pi_of-24-characters-or-so' });
    const payments = createPayments({ table, persistence, publishes, gateway: { send: yes, find: yes } });
    return {
      flow: payments.flow.name,
      async play(flowId) {
        await payments.create(flowId);
        for (const event of ['Authorize', 'Capture', 'Reverse']) {
          await payments.tell(flowId, event);
          await payments.relayAll(flowId);
          await payments.relayAll(flowId);
        }
      },
    };
  };

export const flows: { [what: string]: Maker } = {
  'login, code, logout': login,
  'payment, captured and reversed': paying(false),
  'the same, and every transition published': paying(true),
};

export interface Cost {
  writeUnits: number;
  readUnits: number;
  /** Bytes of all items of the instance when it is over, as DynamoDB counts them. */
  bytes: number;
  items: number;
}

/** The work of one instance, counted. */
export async function costOf(make: Maker, persistence: Persistence): Promise<Cost> {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const run = await make(counted.table, persistence);
    counted.requests.length = 0;
    const flowId = 'an-id-of-22-characters';
    await run.play(flowId);
    const all = counted.requests.flat();
    const kept = await own.table.query('flows', `${run.flow}#${flowId}`, '');
    const sizes = kept.map(({ key, item }) =>
      itemBytes({ pk: key.pk, sk: key.sk, ...attributesOf(key, item) }),
    );
    return {
      writeUnits: sumOf(all.filter(({ what }) => what !== 'read')),
      readUnits: sumOf(all.filter(({ what }) => what === 'read')),
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      items: sizes.length,
    };
  } finally {
    own.close();
  }
}

/** How much longer the journal takes than the outbox: median of rounds in which they take turns. */
export async function timeRatio(make: Maker, instances: number, rounds: number): Promise<number> {
  const both = (['outbox', 'journal'] as const).map((persistence) => ({
    persistence,
    own: temporaryTable(),
  }));
  try {
    const [outbox, journal] = await Promise.all(
      both.map(({ own, persistence }) => make(own.table, persistence)),
    );
    if (!outbox || !journal) throw new Error('two policies are compared');
    await timed(outbox, 'warm', instances);
    await timed(journal, 'warm', instances);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const short = await timed(outbox, `round-${round}`, instances);
      ratios.push((await timed(journal, `round-${round}`, instances)) / short);
    }
    return median(ratios);
  } finally {
    for (const { own } of both) own.close();
  }
}

async function timed(run: Run, name: string, instances: number): Promise<number> {
  const begin = performance.now();
  for (let n = 0; n < instances; n++) await run.play(`${name}-${n}`);
  return performance.now() - begin;
}
