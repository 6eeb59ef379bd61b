/** Instances in a DynamoDB table: one scan, page by page, eventually consistent. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import { limits } from '../adapters/aws/clients.ts';
import { failure } from '../adapters/aws/dynamo-errors.ts';
import { isFiled } from '../adapters/aws/dynamo-items.ts';
import { fieldsOf, pageOf, type Scan } from './instances.ts';
import type { Place } from './source.ts';

/** A person waits for the whole, not for one answer: more patient than the client of the functions. */
export const patientClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(limits(8, 10_000)), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** DynamoDB projects no field of each element of a list: `deferred` comes whole, and only its types are kept. */
const fields = ['flow', 'flowId', 'state', 'expiresAt', 'deferred'];

/** @throws DetentError `table-unavailable`, which names the error and quotes nothing. */
export async function* scanDynamo(client: DynamoDBDocumentClient, TableName: string): Scan {
  const pages = scanned(client, {
    TableName,
    FilterExpression: '#sk = :record',
    ProjectionExpression: fields.map((field) => `#${field}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(['sk', ...fields].map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: { ':record': 'record' },
  });
  for await (const { Items = [], ScannedCount = 0 } of pages) yield pageOf(ScannedCount, Items.map(fieldsOf));
}

/** An item's place, and what the database goes by to find it when it is due, and to delete it. */
const filed = ['pk', 'sk', 'dueAt', 'shard', 'expiresAt', 'ttl'];

/**
 * Partitions whose key begins with `prefix`, whatever lies in them. A scan gives the items of a partition one after the other, so
 * that dropping doubles needs no memory.
 *
 * @throws DetentError `table-unavailable`, which names the error and quotes nothing.
 */
export async function* partitionsDynamo(
  client: DynamoDBDocumentClient,
  TableName: string,
  prefix: string,
  onMisfiled?: (place: Place) => void,
): AsyncGenerator<string[]> {
  const pages = scanned(client, {
    TableName,
    FilterExpression: 'begins_with(pk, :prefix)',
    ProjectionExpression: filed.map((field) => `#${field}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(filed.map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: { ':prefix': prefix },
  });
  let last: string | undefined;
  for await (const { Items = [] } of pages) {
    const found: string[] = [];
    for (const { pk, sk, ...by } of Items) {
      if (!isFiled(by)) onMisfiled?.({ pk: String(pk), sk: String(sk) });
      if (pk === last) continue;
      last = String(pk);
      found.push(last);
    }
    yield found;
  }
}

async function* scanned(client: DynamoDBDocumentClient, request: ScanCommandInput) {
  let from: { [attribute: string]: unknown } | undefined;
  do {
    const command = new ScanCommand({ ...request, ...(from && { ExclusiveStartKey: from }) });
    const page = await client.send(command).catch((error: unknown) => {
      throw failure(error);
    });
    yield page;
    from = page.LastEvaluatedKey;
  } while (from);
}
