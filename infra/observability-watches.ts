/** What is watched of the engine, whatever flows it runs. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { detent, largest, share, sum } from './metrics.ts';
import type { Limits } from './stage.ts';
import type { Watch } from './watch.ts';

const MINUTE = Duration.minutes(1);
const FIVE = Duration.minutes(5);

/** Effects: what was committed has to leave. */
export const effectWatches = (relays: readonly IFunction[]): Watch[] => [
  {
    name: 'Oldest undelivered entry',
    // An entry is due after 60 s, and the second claim of a failed effect comes 15 s later.
    means: 'An effect that was committed has been waiting for three minutes.',
    metric: detent('OldestUndeliveredEntry', {}, { statistic: Stats.MAXIMUM }),
    from: 180,
    periods: 3,
  },
  {
    name: 'Stream iterator age',
    means: 'A relay reads the change stream more than a minute late.',
    metric: largest(
      'ms',
      relays.map((relay) => relay.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: MINUTE })),
    ),
    from: 60_000,
    periods: 3,
  },
  {
    name: 'Failed effects',
    means: 'Effects failed for good, and their instances were told so.',
    metric: detent('EffectFailed', {}, { period: FIVE }),
    from: 5,
  },
  {
    name: 'Unknown effects',
    means: 'It is open whether effects were performed: time-outs, or a crash in the middle.',
    metric: detent('EffectUnknown', {}, { period: FIVE }),
    from: 5,
  },
  {
    name: 'Expired effects',
    means: 'Effects were not performed in time, and nobody wants them any more.',
    metric: detent('EffectExpired', {}, { period: FIVE }),
    from: 5,
  },
];

/** Transitions: what comes in has to be answered. */
export const transitionWatches = (): Watch[] => {
  const lost = detent('Conflict', {}, { period: FIVE });
  const won = detent('EventApplied', {}, { period: FIVE });
  return [
    {
      name: 'Conflict rate',
      means: 'A fifth of all tries at a transition met another change of the same instance.',
      metric: share({
        label: 'conflicts, %',
        ...{ part: [lost], whole: [lost, won], atLeast: 50, otherwise: 0, period: FIVE },
      }),
      from: 20,
      periods: 2,
    },
    {
      name: 'Unavailable events',
      means: 'Callers were told to try again later: something that a transition needs is down.',
      metric: detent('EventUnavailable', {}, { period: FIVE }),
      from: 5,
    },
    {
      name: 'Failures',
      means: 'The engine met errors that it has no answer to.',
      metric: detent('Failure', {}, { period: FIVE }),
      from: 5,
    },
  ];
};

/** Money. The second figure is that of the whole account in this region. @param flows names of those that send SMS. */
export const smsWatches = (limits: Limits, flows: readonly string[]): Watch[] => [
  {
    name: 'SMS per minute',
    means: `${limits.smsPerMinute} SMS or more went out in one minute.`,
    // An SMS whose delivery is unknown was perhaps sent, and is perhaps billed.
    metric: sum(
      'SMS',
      flows.flatMap((flow) =>
        ['EffectDelivered', 'EffectUnknown'].map((name) => detent(name, { flow, kind: 'sms' })),
      ),
    ),
    from: limits.smsPerMinute,
  },
  {
    name: 'SMS monthly spend',
    means: `80 % of the ${limits.smsMonthlyDollars} dollars for SMS in this month are spent.`,
    metric: new Metric({
      namespace: 'AWS/SNS',
      metricName: 'SMSMonthToDateSpentUSD',
      statistic: Stats.MAXIMUM,
      period: FIVE,
    }),
    from: limits.smsMonthlyDollars * 0.8,
    // What is spent is spent, also while no SMS is sent and the metric rests.
    missing: TreatMissingData.IGNORE,
  },
];

/** @param name of what gave up, as a person says it. */
export const streamWatch = (name: string, queue: IQueue): Watch =>
  deadLetterWatch(
    name,
    queue,
    'The stream gave up on records; their entries are in the table, and the reconciler goes on with them.',
  );

/** @param name of whose they are, as a person says it. */
export const deadLetterWatch = (name: string, queue: IQueue, means: string): Watch => ({
  name: `Dead letters of the ${name}`,
  means,
  metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: MINUTE }),
  from: 1,
});

export const reconcilerWatch = (): Watch => ({
  name: 'Reconciler not run',
  means: 'No pass of the reconciler has ended for three minutes: deadlines and retries stand still.',
  // Each pass writes it at its end: one that fails has not run.
  metric: detent('OverdueRecords', {}, { statistic: Stats.SAMPLE_COUNT }),
  below: 1,
  periods: 3,
  // Lambda writes no zero: nothing is what there is to see.
  missing: TreatMissingData.BREACHING,
});

/** An alarm adds up so many metrics at the most. */
const METRICS = 10;

/** One for each flow, or for each ten of its actions. */
export const actionsWatches = (flow: string, actions: readonly IFunction[]): Watch[] =>
  Array.from({ length: Math.ceil(actions.length / METRICS) }, (_, n) => ({
    name: `Throttled actions of ${flow}${n === 0 ? '' : ` ${n + 1}`}`,
    means: 'Lambda refused to run actions: the concurrency of the account is used up.',
    metric: sum(
      'throttles',
      actions
        .slice(n * METRICS, (n + 1) * METRICS)
        .map((one) => one.metricThrottles({ statistic: Stats.SUM, period: FIVE })),
      FIVE,
    ),
    from: 5,
  }));

/** The ground below: Lambda, Step Functions, API Gateway. */
export const platformWatches = (
  functions: readonly IFunction[],
  stateMachineArns: readonly string[],
  serverErrors: IMetric,
): Watch[] => [
  {
    name: 'Lambda errors',
    means: 'Functions of the engine ended with an error or ran out of time.',
    metric: sum(
      'errors',
      functions.map((one) => one.metricErrors({ statistic: Stats.SUM, period: FIVE })),
      FIVE,
    ),
    from: 5,
  },
  {
    name: 'Lambda throttles',
    means: 'Lambda refused to run functions of the engine: the concurrency of the account is used up.',
    metric: sum(
      'throttles',
      functions.map((one) => one.metricThrottles({ statistic: Stats.SUM, period: FIVE })),
      FIVE,
    ),
    from: 5,
  },
  {
    name: 'Failed executions',
    means: 'Executions of a definition failed or ran out of time.',
    metric: sum(
      'executions',
      stateMachineArns.flatMap((StateMachineArn) =>
        ['ExecutionsFailed', 'ExecutionsTimedOut'].map(
          (metricName) =>
            new Metric({
              namespace: 'AWS/States',
              metricName,
              dimensionsMap: { StateMachineArn },
              statistic: Stats.SUM,
              period: FIVE,
            }),
        ),
      ),
      FIVE,
    ),
    from: 3,
  },
  {
    name: 'API server errors',
    means: 'The API answered with 5xx.',
    metric: serverErrors,
    from: 5,
  },
];
