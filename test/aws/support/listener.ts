/** A consumer of the bus: a rule, and a queue behind it. */
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Publication } from '../../../core/publication.ts';

/** An event as EventBridge hands it on. */
export interface Heard {
  source: string;
  'detail-type': string;
  detail: Publication;
}

/** Listens for what the bus hears of one flow. */
export async function listenTo(bus: string, flow: string) {
  const [events, sqs] = [new EventBridgeClient(), new SQSClient()];
  const Name = `detent-test-${process.pid}-${Date.now()}`;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: Name }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const Arn = Attributes['QueueArn'] ?? '';
  const EventPattern = JSON.stringify({ source: [`detent.${flow}`] });
  const { RuleArn } = await events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern }));
  const statement = {
    ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' },
    ...{ Resource: Arn, Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(
    new PutTargetsCommand({ Rule: Name, EventBusName: bus, Targets: [{ Id: 'queue', Arn }] }),
  );
  const heard: Heard[] = [];
  return {
    /** All that came so far. */
    async heard(): Promise<Heard[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (Messages.length === 0) return heard;
      heard.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as Heard));
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      return heard;
    },
    async close(): Promise<void> {
      const rule = { Rule: Name, EventBusName: bus };
      await events.send(new RemoveTargetsCommand({ ...rule, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand({ Name, EventBusName: bus }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
