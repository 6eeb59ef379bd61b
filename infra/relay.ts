import { Duration, Validations } from 'aws-cdk-lib';
import {
  FilterCriteria,
  FilterRule,
  type IFunction,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EngineProps, effectsEnvironment, engineEnvironment } from './engine.ts';
import type { Flow } from './flow.ts';
import { allowDeliver, allowPublish, allowSend, allowSms, allowStream } from './grants.ts';
import { nodeFunction } from './node-function.ts';

export interface RelayProps {
  /** The flows whose entries it takes. Of their effects it performs those that it knows, and leaves the others alone. */
  flows: readonly string[];
}

/** The change stream of `flows` → one consumer of it, with a role and an end of the line of its own. */
class Relay extends Construct {
  readonly handler: IFunction;
  /** What the stream gave up on: metadata, by which a person can find the entries. */
  readonly failed: IQueue;

  constructor(
    scope: Construct,
    id: string,
    props: EngineProps,
    handlerOf: (relay: Relay) => LambdaFunction,
    flows: readonly Flow[],
  ) {
    super(scope, id);
    const { stage, tables } = props;
    const handler = handlerOf(this);
    // Of effects of other flows it takes none, so it has nothing to deliver to them.
    allowDeliver(handler, tables, flows);

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
      filters: [newEntryWithEffects(flows.map(({ name }) => name))],
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
 * An entry as it was committed, with something to deliver: only then it is due. Notes on an entry raise its revision, deletions
 * have no image. Effects of other kinds come along, and the relay leaves them alone.
 */
const newEntryWithEffects = (flows: readonly string[]) =>
  FilterCriteria.filter({
    dynamodb: {
      Keys: { sk: { S: FilterRule.beginsWith('entry#') } },
      NewImage: { flow: { S: flows }, dueAt: { S: FilterRule.exists() }, revision: { N: ['0'] } },
    },
  });

/** The relay of text messages: on its own, so that no slow gateway ever delays a code. */
export class SmsRelay extends Relay {
  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id, props, (relay) => smsFunction(relay, props), [props.flows.mfaLogin]);
    allowSms(this.handler);
  }
}

const smsFunction = (scope: Construct, props: EngineProps): LambdaFunction =>
  nodeFunction(scope, 'Function', {
    ...{ stage: props.stage, bundles: props.bundles },
    entry: 'relay-sms',
    environment: { ...engineEnvironment(props), SECRET_OTP: props.secrets.otp },
    // Three tries of 10 s each, and what comes of them.
    timeout: Duration.minutes(1),
    memorySize: 256,
    description: 'Performs effects of the kind sms',
  });

/** The relay of everything else: requests to the payment provider, commands, alarms, and transitions that are told to others. */
export class EffectsRelay extends Relay {
  constructor(scope: Construct, id: string, props: EngineProps) {
    const { payment, checkout } = props.flows;
    super(scope, id, props, (relay) => effectsFunction(relay, props), [payment, checkout]);
    allowPublish(this.handler, props.facts);
    allowSend(this.handler, props.queues.commands.queue);
  }
}

const effectsFunction = (scope: Construct, props: EngineProps): LambdaFunction =>
  nodeFunction(scope, 'Function', {
    ...{ stage: props.stage, bundles: props.bundles },
    entry: 'relay-effects',
    environment: { ...engineEnvironment(props), ...effectsEnvironment(props) },
    // An entry has one request and one message: three tries of 10 s for each, and what comes of them.
    timeout: Duration.seconds(90),
    memorySize: 256,
    description: 'Performs all effects but text messages',
  });
