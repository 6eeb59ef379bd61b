import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type ClientOptions, limits, traced } from './clients.ts';

export function documentClient(options: ClientOptions = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(traced(new DynamoDBClient(limits(3, 2_000)), options), {
    // An optional field that is not there is left out, as JSON does it.
    marshallOptions: { removeUndefinedValues: true },
  });
}
