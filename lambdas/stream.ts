/** Change stream of the table `flows` → a relay. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { itemOf } from '../adapters/aws/dynamo-items.ts';
import { isDetentError, loggable } from '../core/errors.ts';
import type { Observer } from '../core/ports.ts';
import type { Relay } from '../core/relay.ts';
import { wrapped } from './middleware.ts';

/** The handler of a consumer. All at once: one slow effect must not delay the others. Entries of one instance come in any order. */
export function consumerOf({ handle }: Relay, observe: Observer) {
  /**
   * The id of a record that has to come again: not even a note could be written on its entry. What else goes wrong would go
   * wrong again, and holds up the records behind it meanwhile: the entry stays due, and each pass of the reconciler tells of it.
   */
  async function take({ dynamodb }: DynamoDBRecord): Promise<string | undefined> {
    if (!dynamodb?.NewImage) return undefined;
    try {
      await handle(itemOf(unmarshall(dynamodb.NewImage as { [name: string]: AttributeValue })));
      return undefined;
    } catch (error) {
      const subject = dynamodb.Keys?.['pk']?.S ?? '';
      observe({ type: 'failure', where: 'relay', subject, error: loggable(error) });
      return isDetentError(error) && error.advice === 'retry' ? (dynamodb.SequenceNumber ?? '') : undefined;
    }
  }

  return wrapped(async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failed = await Promise.all(Records.map(take));
    return { batchItemFailures: failed.flatMap((id) => (id === undefined ? [] : [{ itemIdentifier: id }])) };
  });
}
