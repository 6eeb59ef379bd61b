import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { limits } from './clients.ts';

/** Over the plain client with marshalling by hand it costs 8 kB and no time that can be measured. */
export function documentClient(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(limits(3, 2_000)), {
    // An optional field that is not there is left out, as JSON does it.
    marshallOptions: { removeUndefinedValues: true },
  });
}
