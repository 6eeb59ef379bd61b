import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Api } from './api.ts';
import { detent } from './metrics.ts';
import {
  actionsWatches,
  effectWatches,
  platformWatches,
  reconcilerWatch,
  smsWatches,
  streamWatch,
  transitionWatches,
} from './observability-watches.ts';
import type { Reconciler } from './reconciler.ts';
import type { EffectsRelay, SmsRelay } from './relay.ts';
import type { Stage } from './stage.ts';
import { graphOf, type Watch, watched } from './watch.ts';

export interface ObservabilityProps {
  stage: Stage;
  api: Api;
  relays: { sms: SmsRelay; effects: EffectsRelay };
  reconciler: Reconciler;
  /** The other functions that deliver events. */
  others: readonly IFunction[];
  /** Every flow, with what its own figures mean. */
  flows: readonly {
    name: string;
    stateMachineArn: string;
    actions: readonly IFunction[];
    watches: readonly Watch[];
    /** Whether it sends text messages. */
    sms?: true;
  }[];
}

/** One topic for alarms, one alarm and one graph for each thing that is watched, one dashboard. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, { stage, ...props }: ObservabilityProps) {
    super(scope, id);
    const { api, relays, reconciler, others, flows } = props;
    const consumers = [relays.sms, relays.effects].map(({ handler }) => handler);
    const watches = [
      ...effectWatches(consumers),
      ...transitionWatches(),
      ...flows.flatMap((flow) => flow.watches),
      ...smsWatches(
        stage.limits,
        flows.filter(({ sms }) => sms).map(({ name }) => name),
      ),
      streamWatch('SMS relay', relays.sms.failed),
      streamWatch('effects relay', relays.effects.failed),
      reconcilerWatch(),
      ...flows.flatMap(({ name, actions }) => actionsWatches(name, actions)),
      ...platformWatches(
        [api.handler, ...consumers, reconciler.handler, ...others],
        flows.map(({ stateMachineArn }) => stateMachineArn),
        api.serverErrors,
      ),
    ];
    const possible = watches.filter(({ metric }) => stage.metricMath || !(metric instanceof MathExpression));
    const topic = alarmTopic(this, stage.alarmEmail);
    const action = new SnsAction(topic);
    const alarms = possible.map((watch) => [watch, watched(this, watch, action)] as const);
    dashboard(this, alarms);
    new CfnOutput(Stack.of(this), 'AlarmTopic', { value: topic.topicArn });
    new CfnOutput(Stack.of(this), 'RelayDeadLetters', { value: relays.sms.failed.queueUrl });
    new CfnOutput(Stack.of(this), 'EffectsDeadLetters', { value: relays.effects.failed.queueUrl });
  }
}

/**
 * Not encrypted with a key: to one that AWS manages (alias/aws/sns) CloudWatch has no access, so that alarms would be lost
 * without a word, and one of our own would cost a dollar a month to hide names and figures of alarms, which is all that
 * passes here.
 */
function alarmTopic(scope: Construct, email: string | undefined): Topic {
  const topic = new Topic(scope, 'Alarms', { displayName: 'Detent alarms', enforceSSL: true });
  // Any policy replaces the default one, with which the alarms of the account were allowed.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  if (email) topic.addSubscription(new EmailSubscription(email));
  return topic;
}

const events = ['Applied', 'Deferred', 'Rejected', 'NotFound', 'KeyReused', 'Conflict', 'Unavailable'];
const effects = ['Pending', 'Delivered', 'Failed', 'Unknown', 'Expired'];
const overdue = ['OverdueRecords', 'OverdueEntries', 'OverdueFailures'];

/** What the service does, for orientation; below it whatever is watched. */
function dashboard(scope: Construct, alarms: readonly (readonly [Watch, Alarm])[]): void {
  const named = (title: string, names: readonly string[]) =>
    counts(
      title,
      names.map((name) => detent(name)),
    );
  new Dashboard(scope, 'Dashboard').addWidgets(
    new AlarmStatusWidget({
      title: 'Alarms',
      alarms: alarms.map(([, alarm]) => alarm),
      width: 24,
      height: 4,
    }),
    named(
      'Events',
      events.map((status) => `Event${status}`),
    ),
    named(
      'Effects',
      effects.map((status) => `Effect${status}`),
    ),
    named('Overdue, at each pass of the reconciler', overdue),
    ...alarms.map(([watch, alarm]) => graphOf(watch, alarm)),
  );
}

const counts = (title: string, left: IMetric[]): GraphWidget =>
  new GraphWidget({ title, left, leftYAxis: { min: 0 }, width: 8 });
