/** Instances in a DynamoDB table: one scan, page by page, eventually consistent. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { limits } from '../adapters/aws/clients.ts';
import { failure } from '../adapters/aws/dynamo-errors.ts';
import { fieldsOf, pageOf, type Scan } from './instances.ts';

/** A person waits for the whole, not for one answer: more patient than the client of the functions. */
export const patientClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(limits(8, 10_000)), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** DynamoDB projects no field of each element of a list: `deferred` comes whole, and only its types are kept. */
const fields = ['flow', 'flowId', 'state', 'expiresAt', 'deferred'];

/** @throws DetentError `table-unavailable`, which names the error and quotes nothing. */
export async function* scanDynamo(client: DynamoDBDocumentClient, TableName: string): Scan {
  let from: { [attribute: string]: unknown } | undefined;
  do {
    const command = new ScanCommand({
      TableName,
      FilterExpression: '#sk = :record',
      ProjectionExpression: fields.map((field) => `#${field}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(['sk', ...fields].map((field) => [`#${field}`, field])),
      ExpressionAttributeValues: { ':record': 'record' },
      ...(from && { ExclusiveStartKey: from }),
    });
    const {
      Items = [],
      ScannedCount = 0,
      LastEvaluatedKey,
    } = await client.send(command).catch((error: unknown) => {
      throw failure(error);
    });
    yield pageOf(ScannedCount, Items.map(fieldsOf));
    from = LastEvaluatedKey;
  } while (from);
}
