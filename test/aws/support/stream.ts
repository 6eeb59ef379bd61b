/** The mapping from the change stream of `flows` to the relay: stops it, and lets it go on where it stopped. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import type { Deployment } from './deployment.ts';

export async function changeStream(
  { streamMapping: UUID }: Pick<Deployment, 'streamMapping'>,
  change: Omit<UpdateEventSourceMappingCommandInput, 'UUID'>,
): Promise<void> {
  const lambda = new LambdaClient();
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...change }));
  for (const until = Date.now() + 60_000; Date.now() < until; await wait(200)) {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    if (State === 'Enabled' || State === 'Disabled') return;
  }
  throw new Error('The mapping of the stream is still being changed');
}

export async function stopStream(deployed: Pick<Deployment, 'streamMapping'>): Promise<void> {
  await changeStream(deployed, { Enabled: false });
  // A batch may be on its way.
  await wait(1_500);
}

export const startStream = (deployed: Pick<Deployment, 'streamMapping'>): Promise<void> =>
  changeStream(deployed, { Enabled: true });
