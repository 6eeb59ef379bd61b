/** The stream of `flows` on its way to the relay. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Deployment } from './deployment.ts';
import type { Call } from './wire.ts';

export type Image = { [attribute: string]: AttributeValue };

/** Stops or starts it, and waits until that has happened. */
export async function switchStream(
  { streamMapping: UUID }: Deployment,
  Enabled: boolean,
  patienceMs = 60_000,
): Promise<void> {
  const lambda = new LambdaClient();
  const wanted = Enabled ? 'Enabled' : 'Disabled';
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  for (const until = Date.now() + patienceMs; Date.now() < until; await wait(200)) {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    if (State === wanted) return;
  }
  throw new Error(`The stream's mapping was not ${wanted} within ${patienceMs} ms`);
}

/** The entries that a call commits, as the stream shows them. */
export function committedBy({ operation, input }: Call): Image[] {
  if (operation !== 'TransactWriteItems') return [];
  const items = input['TransactItems'] as { Put?: { Item: Image } }[];
  return items.flatMap(({ Put }) => (Put?.Item['sk']?.S?.startsWith('entry#') ? [Put.Item] : []));
}

/** Gives the relay a record of the stream once more. @returns the sequence numbers that it wants again. */
export async function deliverAgain({ functions }: Deployment, image: Image): Promise<string[]> {
  const { pk, sk } = image;
  const record = {
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { Keys: { pk, sk }, NewImage: image, SequenceNumber: '1' },
  };
  const { Payload, FunctionError } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: functions.relay, Payload: JSON.stringify({ Records: [record] }) }),
  );
  const answer = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError !== undefined) throw new Error(`The relay failed: ${answer.errorType}`);
  const failures = answer.batchItemFailures as { itemIdentifier: string }[];
  return failures.map(({ itemIdentifier }) => itemIdentifier);
}
