import { Duration, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** How often a message is received before it counts as one that nobody can take. */
const RECEIVES = 10;

/** A queue, and where its messages go that nobody could take. */
export interface QueueWithEnd {
  queue: Queue;
  deadLetters: Queue;
}

/**
 * The queues to and from those who fulfil orders. `commands`: what the warehouse is told; `replies`: what it tells; `operators`: what a
 * person tells who has looked. The last two are apart, so that who sent a message is known by where it came in.
 */
export class Queues extends Construct {
  readonly commands: QueueWithEnd;
  readonly replies: QueueWithEnd;
  readonly operators: QueueWithEnd;

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    // A warehouse may take its time, and be ill for hours before its commands are put aside.
    this.commands = queueWithEnd(this, 'Commands', stage, Duration.minutes(30));
    // By default six times as long as the function that takes from them may run, as AWS asks for.
    this.replies = queueWithEnd(this, 'Replies', stage);
    this.operators = queueWithEnd(this, 'Operators', stage);
    if (stage.warehouseAccount) this.#admit(new AccountPrincipal(stage.warehouseAccount));
  }

  /** Another account: its own policies say who there uses this. In our own, policies of roles are enough. */
  #admit(warehouse: AccountPrincipal): void {
    const allow = ({ queue }: QueueWithEnd, actions: string[]) =>
      queue.addToResourcePolicy(
        new PolicyStatement({ principals: [warehouse], actions, resources: [queue.queueArn] }),
      );
    allow(this.commands, [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]);
    allow(this.replies, ['sqs:SendMessage']);
  }
}

/** @param visibility how long whoever has received a message has for it. */
function queueWithEnd(
  scope: Construct,
  id: string,
  stage: Stage,
  visibility = Duration.minutes(3),
): QueueWithEnd {
  const common = {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: stage.tlsOnly,
    removalPolicy: stage.removalPolicy,
  };
  const deadLetters = new Queue(scope, `${id}Failed`, {
    ...common,
    // Longer than its queue keeps anything: a message keeps the age that it came with.
    retentionPeriod: Duration.days(14),
  });
  Validations.of(deadLetters).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This is the end of the line itself: it holds what nobody could take, for a person to look at.',
  });
  const queue = new Queue(scope, id, {
    ...common,
    retentionPeriod: Duration.days(4),
    visibilityTimeout: visibility,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: RECEIVES },
  });
  if (!stage.tlsOnly)
    for (const one of [queue, deadLetters])
      Validations.of(one).acknowledge({
        id: 'AwsSolutions-SQS4',
        reason: 'An emulator on this machine is spoken with over plain HTTP.',
      });
  return { queue, deadLetters };
}
