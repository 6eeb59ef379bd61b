import { Duration, Validations } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EngineProps, engineEnvironment } from './engine.ts';
import { allowDeliver, allowSms, allowStream } from './grants.ts';
import { nodeFunction } from './node-function.ts';

/** The change stream of `flows` → the relay of text messages. */
export class SmsRelay extends Construct {
  readonly handler: IFunction;
  /** What the stream gave up on: metadata, by which a person can find the entries. */
  readonly failed: IQueue;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { stage, bundles, tables, secrets, flow } = props;
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'relay-sms',
      environment: { ...engineEnvironment(props), SECRET_OTP: secrets.otp },
      // Three tries of 10 s each, and what comes of them.
      timeout: Duration.minutes(1),
      memorySize: 256,
      description: 'Performs effects of the kind sms',
    });
    allowDeliver(handler, tables, flow);
    allowSms(handler);

    const failed = new Queue(this, 'Failed', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: stage.removalPolicy,
    });
    this.handler = handler;
    this.failed = failed;
    const { tableStreamArn } = tables.flows;
    if (tableStreamArn === undefined) throw new Error('The table of instances has no stream');
    allowStream(handler, tableStreamArn);
    handler.addEventSourceMapping('Stream', {
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      // Instances of one shard do not wait for each other.
      parallelizationFactor: 10,
      filters: [newEntryWithEffects],
      // All five: with the defaults one bad record blocks its shard for 24 hours and is then lost. An entry that is
      // given up here is not: it is in the table, and the reconciler goes on with it.
      retryAttempts: 5,
      maxRecordAge: Duration.minutes(5),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(failed),
    });
    Validations.of(failed).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'This is the end of the line itself: it holds what the stream gave up on, for a person to look at.',
    });
  }
}

/**
 * An entry as it was committed, with effects: only then it is due. Notes on an entry raise its revision, deletions have no
 * image. Effects of other kinds come along, and the relay leaves them alone.
 */
const newEntryWithEffects = FilterCriteria.filter({
  dynamodb: {
    Keys: { sk: { S: FilterRule.beginsWith('entry#') } },
    NewImage: { dueAt: { S: FilterRule.exists() }, revision: { N: ['0'] } },
  },
});
