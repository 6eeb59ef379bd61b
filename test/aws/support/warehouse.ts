/** A warehouse of the tests: takes every command from its queue, and reports when a scenario says so. */
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { JsonObject } from '../../../core/types.ts';
import type { Deployment } from './deployment.ts';

export interface Warehouse {
  /** What it was told of an order, oldest first. */
  commands(orderId: string): JsonObject[];
  /** Sends a message to one of the queues of reports. */
  report(queue: 'replies' | 'operators', message: JsonObject | string): Promise<void>;
  close(): Promise<void>;
}

export function openWarehouse({ queues }: Deployment): Warehouse {
  const sqs = new SQSClient();
  const told: JsonObject[] = [];
  const QueueUrl = queues.commands;
  let open = true;
  let failure: unknown;

  async function take(): Promise<void> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) return;
    told.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as JsonObject));
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  const working = (async () => {
    while (open) await take();
  })().catch((error: unknown) => {
    failure = error;
  });

  return {
    commands(orderId) {
      if (failure !== undefined) throw failure;
      return told.filter(({ flowId }) => flowId === orderId);
    },
    async report(queue, message) {
      const MessageBody = typeof message === 'string' ? message : JSON.stringify(message);
      await sqs.send(new SendMessageCommand({ QueueUrl: queues[queue], MessageBody }));
    },
    async close() {
      open = false;
      await working;
    },
  };
}
