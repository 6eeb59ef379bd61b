/** Any flow runs on either policy: the same events give the same records, version by version. */
import { describe, expect, test } from '@jest/globals';
import { countingTable } from '../../bench/counting-table.ts';
import { grown, passed } from '../../bench/growth/history.ts';
import { costOf, flows } from '../../bench/policies.ts';
import type { Persistence } from '../../core/flow.ts';
import { entryOf, examine } from '../../core/journal.ts';
import type { InstanceRecord } from '../../core/types.ts';
import { table as paymentTable, reach as reachPayment } from '../definitions/payment.table.ts';
import { createPayments } from '../support/payments.ts';
import { temporaryTable } from '../support/tables.ts';
import { createScene, reach as reachLogin } from './mfa-login.scenes.ts';

const policies = ['outbox', 'journal'] as const;

/** Only a journal is a chain. */
const withoutHash = (record: InstanceRecord | undefined) => {
  const { hash: _, ...rest } = record ?? {};
  return rest;
};

describe('a login', () => {
  async function play(persistence: Persistence, state: string) {
    const scene = await createScene({ persistence });
    try {
      await reachLogin[state]?.(scene, 'login');
      const record = await scene.record('login');
      const items = await scene.table.query('flows', 'mfa-login#login', 'entry#');
      return { record, entries: items.map(({ item }) => entryOf(item)) };
    } finally {
      scene.close();
    }
  }

  test.each(Object.keys(reachLogin))('to %s', async (state) => {
    const [outbox, journal] = [await play('outbox', state), await play('journal', state)];
    expect(withoutHash(outbox.record)).toEqual(withoutHash(journal.record));
    expect(journal.entries).toHaveLength(journal.record?.version ?? 0);
    const examined = examine({ flow: 'mfa-login', flowId: 'login' }, journal.entries, journal.record);
    expect(examined.faults).toEqual([]);
  });
});

describe('a payment', () => {
  async function play(persistence: Persistence) {
    const payments = createPayments({ persistence, publishes: false });
    try {
      const records: unknown[] = [];
      for (const [n, { state, event, payload = {} }] of paymentTable.entries()) {
        await reachPayment(payments, `p${n}`, state);
        if (event === 'DeadlinePassed') {
          payments.clock.advance(7 * 86_400_000);
          await payments.deliverer.check(payments.flow, `p${n}`);
        } else await payments.tell(`p${n}`, event, payload);
        records.push(withoutHash(await payments.record(`p${n}`)));
      }
      return records;
    } finally {
      payments.close();
    }
  }

  test('through every row of its table', async () => {
    const [outbox, journal] = [await play('outbox'), await play('journal')];
    expect(outbox).toHaveLength(paymentTable.length);
    expect(outbox).toEqual(journal);
  });
});

describe('what it costs, counted', () => {
  const counted: { [flow: string]: { [policy in Persistence]: { writeUnits: number; items: number } } } = {
    'login, code, logout': {
      outbox: { writeUnits: 19, items: 2 },
      journal: { writeUnits: 28, items: 4 },
    },
    'payment, captured and reversed': {
      outbox: { writeUnits: 52, items: 4 },
      journal: { writeUnits: 76, items: 8 },
    },
    'the same, and every transition published': {
      outbox: { writeUnits: 83, items: 8 },
      journal: { writeUnits: 104, items: 8 },
    },
  };

  test.each(Object.entries(flows))('%s', async (name, make) => {
    for (const policy of policies)
      expect(await costOf(make, policy)).toMatchObject(counted[name]?.[policy] ?? {});
    expect(Object.keys(counted)).toContain(name);
  });
});

test('an event costs an instance with a long history as many reads and writes as one with a short history', async () => {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const payments = createPayments({ table: counted.table });
    const work: { [entries: number]: unknown } = {};
    for (const entries of [40, 400]) {
      await grown(payments, `p${entries}`, entries);
      counted.requests.length = 0;
      await passed(payments, `p${entries}`);
      work[entries] = counted.requests.map((request) => request.map(({ what, units }) => ({ what, units })));
    }
    expect(work[40]).toHaveLength(2);
    expect(work[400]).toEqual(work[40]);
  } finally {
    own.close();
  }
});
