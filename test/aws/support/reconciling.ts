import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Deployment } from './deployment.ts';

/** @returns a function that waits for a pass of the reconciler that begins after now: one for all who ask meanwhile. */
export function reconciling({ functions }: Deployment): () => Promise<unknown> {
  const lambda = new LambdaClient();
  let next: Promise<unknown> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  return () => {
    next ??= running.then(async () => {
      next = undefined;
      running = lambda.send(new InvokeCommand({ FunctionName: functions.reconciler }));
      await running;
    });
    return next;
  };
}
