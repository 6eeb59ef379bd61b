/** The same journals, with the same faults, on either table. */
import { GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DynamoTable } from '../../adapters/aws/dynamo-table.ts';
import { recordKey } from '../../core/flow.ts';
import type { Table } from '../../core/ports.ts';
import type { Write } from '../../core/types.ts';
import { partitionsDynamo, patientClient } from '../../operations/dynamo-scan.ts';
import type { Place } from '../../operations/source.ts';
import { fakeDynamo } from '../aws-unit/fake-dynamo.ts';
import { createPayments, type Payments } from '../support/payments.ts';
import { scanned } from './dynamo-scanned.ts';
import { sqlite, verified } from './journal-runs.ts';
import { entry, pay, pk, REVERSED } from './journals.ts';

const COUNT = 30;
async function paid(table: Table): Promise<Payments> {
  const payments = createPayments({ table });
  for (let n = 0; n < COUNT; n++) await pay(payments, `payment-${n}`, n);
  return payments;
}

const remove = (n: number, sk: string): Write => ({ op: 'delete', key: { table: 'flows', pk: pk(n), sk } });

/** As SQL or a careless hand would leave it. */
async function meddle(table: Table): Promise<void> {
  const { pk: home, sk } = { pk: pk(REVERSED), sk: entry(3) };
  const item = await table.read({ table: 'flows', pk: home, sk });
  await table.transact([
    { op: 'put', key: { table: 'flows', pk: home, sk }, item: { ...item, at: '2020-01-01T00:00:00.000Z' } },
    ...[
      remove(2, 'record'),
      remove(3, 'record'),
      remove(9, entry(1)),
      remove(10, 'record'),
      remove(10, entry(1)),
    ],
  ]);
}

const findings = (rebuilt: boolean) => {
  const about = { flow: 'payment' };
  const lost = { ...about, came: 'faulty', faults: [{ fault: 'lost' }] };
  const missing = { fault: 'missing', version: 1, last: 1 };
  const written = (version: number) => (rebuilt ? { ...about, came: 'rebuilt', version } : lost);
  return [
    { ...about, flowId: 'payment-10', came: 'faulty', faults: [missing, { fault: 'lost' }] },
    { ...written(2), flowId: 'payment-2' },
    { ...written(7), flowId: 'payment-3' },
    { ...about, flowId: 'payment-4', came: 'faulty', faults: [{ fault: 'changed', version: 3 }] },
    { ...about, flowId: 'payment-9', came: 'faulty', faults: [missing] },
  ];
};

describe('faults are found, and lost records rebuilt', () => {
  test('in SQLite', async () => {
    const { table, partitions } = sqlite();
    await paid(table);
    const before = [
      await table.read(recordKey('payment', 'payment-2')),
      await table.read(recordKey('payment', 'payment-3')),
    ];
    await meddle(table);
    const first = await verified(table, partitions());
    expect(first.findings).toEqual(findings(false));
    expect(first.found).toMatchObject({ instances: COUNT, faulty: 5, rebuilt: 0, busy: 0 });
    const second = await verified(table, partitions(), { rebuild: true });
    expect(second.findings).toEqual(findings(true));
    expect(second.found).toMatchObject({ instances: COUNT, faulty: 3, rebuilt: 2, busy: 0 });
    const after = [
      await table.read(recordKey('payment', 'payment-2')),
      await table.read(recordKey('payment', 'payment-3')),
    ];
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
  });

  describe('in DynamoDB', () => {
    const { mock, tables } = fakeDynamo();
    afterAll(() => mock.restore());

    test('by one scan of keys, and one query and one read for each instance', async () => {
      const client = patientClient();
      const table = new DynamoTable(client, { flows: 'Flows-1' });
      const partitions = () => partitionsDynamo(client, 'Flows-1', 'payment#');
      await paid(table);
      await table.transact([
        { op: 'put', key: { table: 'flows', pk: 'mfa-login#a', sk: 'record' }, item: {} },
      ]);
      mock.on(ScanCommand).callsFake(scanned(tables));
      const items = () => new Map([...(tables.get('Flows-1') ?? [])].sort());
      const before = items();

      mock.resetHistory();
      const clean = await verified(table, partitions());
      expect(clean).toEqual({
        findings: [],
        found: { instances: COUNT, entries: before.size - 1 - COUNT, faulty: 0, rebuilt: 0, busy: 0 },
      });
      const scans = mock.commandCalls(ScanCommand).map(({ args: [{ input }] }) => input);
      expect(scans.length).toBeGreaterThan(10);
      for (const scan of scans)
        expect(scan).toMatchObject({
          ProjectionExpression: '#pk, #sk, #dueAt, #shard, #expiresAt, #ttl',
          FilterExpression: 'begins_with(pk, :prefix)',
          ExpressionAttributeValues: { ':prefix': 'payment#' },
        });
      expect(mock.commandCalls(GetCommand)).toHaveLength(COUNT);
      const queries = mock
        .commandCalls(QueryCommand)
        .filter(({ args: [{ input }] }) => !input.ExclusiveStartKey);
      expect(queries).toHaveLength(COUNT);

      const misfiled: Place[] = [];
      for await (const _ of partitionsDynamo(client, 'Flows-1', 'payment#', (place) => misfiled.push(place)));
      expect(misfiled).toEqual([]);
      const [first] = [...items()].filter(([name]) => name.startsWith('["payment#'));
      tables.get('Flows-1')?.set(String(first?.[0]), { ...first?.[1], ttl: 1 });
      for await (const _ of partitionsDynamo(client, 'Flows-1', 'payment#', (place) => misfiled.push(place)));
      expect(misfiled).toEqual([{ pk: first?.[1]['pk'], sk: first?.[1]['sk'] }]);
      tables.get('Flows-1')?.set(String(first?.[0]), first?.[1] ?? {});

      await meddle(table);
      expect((await verified(table, partitions())).findings).toEqual(findings(false));
      expect((await verified(table, partitions(), { rebuild: true })).findings).toEqual(findings(true));
      // With the shard that brings it into the index, too.
      for (const n of [2, 3]) {
        const name = JSON.stringify([pk(n), 'record']);
        expect(items().get(name)).toEqual(before.get(name));
      }
      expect(items().get(JSON.stringify([pk(2), 'record']))).toMatchObject({ shard: expect.any(String) });
    });
  });
});
