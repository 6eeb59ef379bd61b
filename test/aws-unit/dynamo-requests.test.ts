/** What goes to DynamoDB, exactly. */

import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { documentClient } from '../../adapters/aws/document-client.ts';
import { DynamoTable } from '../../adapters/aws/dynamo-table.ts';
import { requestToken } from '../../adapters/aws/dynamo-writes.ts';
import type { Key, Write } from '../../core/types.ts';

const mock = mockClient(DynamoDBDocumentClient);
const table = new DynamoTable(documentClient(), { flows: 'Flows-1', quotas: 'Quotas-1' });
const record: Key = { table: 'flows', pk: 'mfa-login#a', sk: 'record' };
const quota: Key = { table: 'quotas', pk: 'sms#b', sk: 'windows' };

beforeEach(() => void mock.reset());
afterAll(() => mock.restore());

const only = (command: Parameters<typeof mock.commandCalls>[0]) =>
  mock.commandCalls(command)[0]?.args[0].input;

describe('reading', () => {
  test('is consistent, and gives back the content alone', async () => {
    const { pk, sk } = record;
    mock.on(GetCommand).resolves({ Item: { pk, sk, shard: '1', ttl: 5, state: 'LoggedIn' } });
    expect(await table.read(record)).toEqual({ state: 'LoggedIn' });
    expect(only(GetCommand)).toEqual({ TableName: 'Flows-1', Key: { pk, sk }, ConsistentRead: true });
  });

  test('costs half where it need not be', async () => {
    const { pk, sk } = record;
    mock.on(GetCommand).resolves({});
    expect(await table.read(record, { consistency: 'eventual' })).toBeUndefined();
    expect(only(GetCommand)).toEqual({ TableName: 'Flows-1', Key: { pk, sk }, ConsistentRead: false });
  });

  test('of a partition is consistent, from the prefix on', async () => {
    mock.on(QueryCommand).resolves({ Items: [] });
    await table.query('flows', 'mfa-login#a', 'entry#');
    expect(only(QueryCommand)).toEqual({
      TableName: 'Flows-1',
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': 'mfa-login#a', ':prefix': 'entry#' },
      ConsistentRead: true,
    });
  });

  test('asks for no key that DynamoDB would refuse', async () => {
    expect(await table.read({ ...record, pk: 'x'.repeat(2_049) })).toBeUndefined();
    expect(await table.read({ ...record, sk: 'ü'.repeat(513) })).toBeUndefined();
    expect(await table.query('flows', 'x'.repeat(2_049), '')).toEqual([]);
    expect(mock.calls()).toHaveLength(0);
  });

  test('refuses a table that this function does not reach', async () => {
    await expect(table.read({ ...record, table: 'users' })).rejects.toMatchObject({
      code: 'invalid-transaction',
    });
  });

  test('the index is asked shard by shard', async () => {
    mock.on(QueryCommand).resolves({ Items: [] });
    expect(await table.due('flows', '2026-01-01T00:00:00.000Z', { limit: 10 })).toEqual({ keys: [] });
    const asked = mock.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);
    expect(asked.map((input) => input.ExpressionAttributeValues?.[':shard'])).toEqual(['0', '1', '2', '3']);
    expect(asked[0]).toMatchObject({ IndexName: 'due', Limit: 10, TableName: 'Flows-1' });
  });
});

describe('writing', () => {
  test('what waits for time gets a shard, what expires an instant in whole seconds, rounded up', async () => {
    const item = { dueAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T00:00:00.001Z' };
    await table.transact([{ op: 'put', key: record, item }]);
    expect(only(PutCommand)).toEqual({
      TableName: 'Flows-1',
      Item: {
        ...item,
        pk: record.pk,
        sk: 'record',
        shard: expect.stringMatching(/^[0-3]$/),
        ttl: 1767225601,
      },
    });
  });

  test('without either it gets neither', async () => {
    await table.transact([{ op: 'put', key: record, item: { n: 1 } }]);
    expect(only(PutCommand)).toMatchObject({ Item: { pk: record.pk, sk: 'record', n: 1 } });
    expect(Object.keys(Object(only(PutCommand)).Item)).toHaveLength(3);
  });

  test.each(['pk', 'sk', 'shard', 'ttl'])('an item must not have an attribute called %s', async (name) => {
    await expect(table.transact([{ op: 'put', key: record, item: { [name]: 'x' } }])).rejects.toMatchObject({
      code: 'invalid-transaction',
    });
  });

  test('shards spread over partitions', async () => {
    for (let n = 0; n < 40; n++) {
      await table.transact([{ op: 'put', key: { ...record, pk: `p${n}` }, item: { dueAt: 'x' } }]);
    }
    const shards = mock.commandCalls(PutCommand).map(({ args: [{ input }] }) => input.Item?.['shard']);
    expect(new Set(shards).size).toBe(4);
  });

  test('one write goes alone, for half the price', async () => {
    await table.transact([
      { op: 'add', key: quota, deltas: { left: -1 }, set: { at: 'now' }, if: { atLeast: { left: 1 } } },
    ]);
    expect(only(UpdateCommand)).toEqual({
      TableName: 'Quotas-1',
      Key: { pk: 'sms#b', sk: 'windows' },
      ConditionExpression: '#n0 >= :v1',
      UpdateExpression: 'SET #n4 = :v5 ADD #n2 :v3',
      ExpressionAttributeNames: { '#n0': 'left', '#n2': 'left', '#n4': 'at' },
      ExpressionAttributeValues: { ':v1': 1, ':v3': -1, ':v5': 'now' },
    });
  });

  test('several go in one transaction, under a token', async () => {
    const writes: Write[] = [
      { op: 'put', key: record, item: { version: 2 }, if: { equals: { version: 1 } } },
      { op: 'check', key: quota, if: { absent: true } },
    ];
    expect(await table.transact(writes)).toBe('committed');
    expect(only(TransactWriteCommand)).toEqual({
      TransactItems: [
        {
          Put: {
            TableName: 'Flows-1',
            Item: { pk: record.pk, sk: 'record', version: 2 },
            ConditionExpression: '#n0 = :v1',
            ExpressionAttributeNames: { '#n0': 'version' },
            ExpressionAttributeValues: { ':v1': 1 },
          },
        },
        {
          ConditionCheck: {
            TableName: 'Quotas-1',
            Key: { pk: 'sms#b', sk: 'windows' },
            ConditionExpression: 'attribute_not_exists(#n0)',
            ExpressionAttributeNames: { '#n0': 'pk' },
          },
        },
      ],
      ClientRequestToken: requestToken(writes),
    });
  });
});

describe('the request token', () => {
  const put = (version: number): Write[] => [
    { op: 'put', key: record, item: { version }, if: { equals: { version: 1 } } },
  ];
  test('is the same for the same writes, another for others, and short enough', () => {
    expect(requestToken(put(2))).toBe(requestToken(put(2)));
    expect(requestToken(put(2))).not.toBe(requestToken(put(3)));
    expect(requestToken(put(2))?.length).toBeLessThanOrEqual(36);
  });
  test('is not given where nothing keeps equal writes apart', () => {
    expect(requestToken([{ op: 'add', key: quota, deltas: { left: -1 } }])).toBeUndefined();
    expect(requestToken([{ op: 'put', key: record, item: {}, if: {} }])).toBeUndefined();
  });
});
