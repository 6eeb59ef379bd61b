/** The same instances, from wherever they are read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { DynamoTable } from '../../adapters/aws/dynamo-table.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { recordItem } from '../../core/persistence.ts';
import type { InstanceRecord, Item, Write } from '../../core/types.ts';
import { withRemedy } from '../../operations/command.ts';
import { patientClient, scanDynamo } from '../../operations/dynamo-scan.ts';
import { scanExport } from '../../operations/export-scan.ts';
import { scanSqlite } from '../../operations/sqlite-scan.ts';
import { fakeDynamo } from '../aws-unit/fake-dynamo.ts';
import { temporaryFolder } from '../support/tables.ts';
import { pagesOf } from './support.ts';

const deferredEvent = (type: string) => ({
  event: { id: type, type, payload: { secret: 'payload' }, at: '' },
  ...{ fingerprint: '', due: false },
});
const record = (flowId: string, state: string, more: Partial<InstanceRecord> = {}): InstanceRecord => ({
  ...{
    flow: 'door',
    flowId,
    state,
    version: 1,
    data: { secret: 'data' },
    createdAt: '',
    deferred: [],
    trail: [],
  },
  ...more,
});
const records = [
  record('a', 'Shut', { deadline: '2026-12-01T00:00:00.000Z' }),
  record('b', 'Broken', { expiresAt: '2026-12-01T00:00:00.000Z' }),
  record('c', 'Open', { deferred: [deferredEvent('Rung'), deferredEvent('Knocked')] }),
];
const expected = [
  { flow: 'door', flowId: 'a', state: 'Shut', waiting: [] },
  { flow: 'door', flowId: 'b', state: 'Broken', waiting: [], expiresAt: '2026-12-01T00:00:00.000Z' },
  { flow: 'door', flowId: 'c', state: 'Open', waiting: ['Rung', 'Knocked'] },
];
const put = (pk: string, sk: string, item: Item): Write => ({
  op: 'put',
  key: { table: 'flows', pk, sk },
  item,
});
const writes = [
  ...records.map((one) => put(`door#${one.flowId}`, 'record', recordItem(one))),
  put('door#a', 'entry#0000000001', { flow: 'door', flowId: 'a', version: 1 }),
  put('door#x', 'record', { flow: 'door', flowId: 'x' }),
];
/** With the attributes that only the database needs. */
const stored = writes.map((write) => {
  const { pk, sk } = write.key;
  return marshall(
    { ...(write.op === 'put' && write.item), pk, sk, ttl: 1, shard: '0' },
    { removeUndefinedValues: true },
  );
});

let remove = () => {};
afterEach(() => remove());
function folder(): string {
  const made = temporaryFolder();
  remove = made.remove;
  return made.path;
}

test('a data file, in pages', async () => {
  const db = openDataFile(join(folder(), 'detent.db'));
  const table = new SqliteTable(db);
  await table.transact(writes);
  await table.transact([
    { op: 'put', key: { table: 'users', pk: 'user#u', sk: 'record' }, item: { flow: 'u' } },
  ]);
  const found = await pagesOf(scanSqlite(db));
  expect(found).toEqual({ pages: 1, read: 4, unreadable: 1, instances: expected });
  for (let group = 0; group < 25; group++) {
    const more = Array.from({ length: 100 }, (_, n) => record(`n${group}-${n}`, 'Shut'));
    await table.transact(more.map((one) => put(`door#${one.flowId}`, 'record', recordItem(one))));
  }
  const all = await pagesOf(scanSqlite(db));
  expect(all).toMatchObject({ pages: 3, read: 2_504 });
  expect(new Set(all.instances.map(({ flowId }) => flowId)).size).toBe(2_503);
  db.close();
});

describe('a table in DynamoDB', () => {
  const { mock, tables } = fakeDynamo();
  afterAll(() => mock.restore());

  test('is scanned page by page, for records alone and as little of them as can be', async () => {
    const client = patientClient();
    await new DynamoTable(client, { flows: 'flows-1' }).transact(writes);
    mock.on(ScanCommand).callsFake(async (input) => {
      const all = [...(tables.get(input.TableName)?.values() ?? [])];
      const names: { [placeholder: string]: string } = input.ExpressionAttributeNames;
      const from = input.ExclusiveStartKey?.at ?? 0;
      const page = all.slice(from, from + 2);
      const wanted = String(input.ProjectionExpression)
        .split(', ')
        .map((placeholder) => names[placeholder] ?? '');
      expect(input.FilterExpression).toBe('#sk = :record');
      const Items = page
        .filter((item) => item[names['#sk'] ?? ''] === input.ExpressionAttributeValues[':record'])
        .map((item) =>
          Object.fromEntries(wanted.flatMap((name) => (name in item ? [[name, item[name]]] : []))),
        );
      const at = from + 2;
      return { Items, ScannedCount: page.length, ...(at < all.length && { LastEvaluatedKey: { at } }) };
    });
    const found = await pagesOf(scanDynamo(client, 'flows-1'));
    expect(found).toEqual({ pages: 3, read: 5, unreadable: 1, instances: expected });
    const asked = mock.commandCalls(ScanCommand).map(({ args: [{ input }] }) => input.ProjectionExpression);
    expect(new Set(asked)).toEqual(new Set(['#flow, #flowId, #state, #expiresAt, #deferred']));
  });

  test('what fails is named, with what to do, and nothing of its message', async () => {
    mock.on(ScanCommand).rejects(new ResourceNotFoundException({ message: 'secret', $metadata: {} }));
    const failed = pagesOf(scanDynamo(patientClient(), 'nope'));
    await expect(failed).rejects.toThrow('DynamoDB failed: ResourceNotFoundException');
    expect(withRemedy('DynamoDB failed: ResourceNotFoundException')).toMatch(/no such table.*FlowsTable/);
    expect(withRemedy('DynamoDB failed: Error')).toContain('Check AWS_REGION');
    expect(withRemedy('else')).toBe('else');
  });
});

describe('an export', () => {
  const items = { Items: stored, Count: stored.length, ScannedCount: stored.length };
  const lines = stored.map((Item) => JSON.stringify({ Item })).join('\n');
  const formats: [string, string | Buffer][] = [
    ['as the command line prints it', JSON.stringify(items, null, 4)],
    ['the same in one line', JSON.stringify(items)],
    ['the same with the ends of Windows', JSON.stringify(items, null, 4).replaceAll('\n', '\r\n')],
    ['the same, zipped', gzipSync(JSON.stringify(items, null, 4))],
    ['as an export to S3, a line an item', lines],
    ['the same, zipped', gzipSync(`${lines}\n`)],
  ];

  test.each(formats)('%s', async (_how, content) => {
    const file = join(folder(), 'some.file');
    writeFileSync(file, content);
    expect(await pagesOf(scanExport([file]))).toEqual({
      pages: 1,
      read: 5,
      unreadable: 1,
      instances: expected,
    });
  });

  test('a folder of files, and files beside it; many items in pages', async () => {
    const path = folder();
    mkdirSync(join(path, 'data'));
    const many = Array.from({ length: 2_500 }, (_, n) =>
      JSON.stringify({ Item: marshall({ ...record(`n${n}`, 'Shut'), pk: `door#n${n}`, sk: 'record' }) }),
    );
    writeFileSync(join(path, 'data/1.json.gz'), gzipSync(many.join('\n')));
    writeFileSync(join(path, 'data/2.json'), lines);
    writeFileSync(join(path, 'data/notes.txt'), 'no');
    writeFileSync(join(path, 'more'), lines);
    const found = await pagesOf(scanExport([join(path, 'data'), join(path, 'more')]));
    expect(found).toMatchObject({ read: 2_510, unreadable: 2, pages: 5 });
    expect(found.instances).toHaveLength(2_506);
    await expect(pagesOf(scanExport([path]))).rejects.toThrow('name the folder "data"');
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['text', 'no JSON\nat all', /bad is not JSON/],
    ['a line that is none', `${lines}\n{"Item":`, /bad, line 6 is not JSON/],
    ['another object', '{"Keys":[]}', /bad, line 1 has neither Item nor Items/],
    [
      'plain JSON',
      '{"Item":{"sk":{"S":"record"},"flow":"door"}}',
      /bad holds an item that is not DynamoDB JSON/,
    ],
    ['cut off', gzipSync(lines).subarray(0, 90), /bad cannot be read to its end: unexpected end of file/],
  ])('of %s is refused by name', async (_what, content, message) => {
    const file = join(folder(), 'bad');
    writeFileSync(file, content);
    await expect(pagesOf(scanExport([file]))).rejects.toThrow(message);
  });
});
