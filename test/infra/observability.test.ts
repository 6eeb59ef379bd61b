/** Alarms: that they look at metrics which exist, come when they should, stay away without traffic, and reach a person. */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { Signal } from '../../core/ports.ts';
import { documentOf } from '../../lambdas/metrics.ts';
import { table as checkoutTable } from '../definitions/checkout.table.ts';
import { table } from '../definitions/mfa-login.table.ts';
import { table as paymentTable } from '../definitions/payment.table.ts';
import { ofType, one, type Synthesised, synthesised } from './support.ts';

interface Stat {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
}
interface Alarm extends Stat {
  AlarmName: string;
  AlarmActions: unknown[];
  OKActions: unknown[];
  ComparisonOperator: string;
  Threshold: number;
  EvaluationPeriods: number;
  Period?: number;
  TreatMissingData: string;
  Metrics?: { Id: string; Expression?: string; MetricStat?: { Metric: Stat; Period: number } }[];
}

const alarmsOf = (made: Synthesised): { [name: string]: Alarm } =>
  Object.fromEntries(
    ofType(made, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => {
      const alarm = Properties as unknown as Alarm;
      return [alarm.AlarmName.replace(/^Detent-\w+ /, ''), alarm];
    }),
  );

const stack = synthesised({
  alarmEmail: 'ops@example.com',
  limits: { smsMonthlyDollars: 50, smsPerMinute: 7 },
});
const alarms = alarmsOf(stack);

function alarm(name: string): Alarm {
  const found = alarms[name];
  if (!found) throw new Error(`There is no alarm ${name}`);
  return found;
}

const statsOf = (one: Alarm): Stat[] =>
  one.Metrics?.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) ?? [one];

/** A metric as a text: its name and its dimensions, in order of their names. */
const textOf = ({ MetricName, Dimensions = [] }: Stat): string =>
  [MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

// biome-ignore format: a table
test('all alarms: from which value on, for how long, and what silence means', () => {
  const ofAll = Object.entries(alarms).map(([name, one]) => {
    const { ComparisonOperator: operator, Threshold, EvaluationPeriods, Period, Metrics } = one;
    const period = Period ?? Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0;
    const sign = { GreaterThanOrEqualToThreshold: '>=', LessThanThreshold: '<' }[operator];
    return [name, `${sign} ${Threshold}`, `${EvaluationPeriods} x ${period} s`, one.TreatMissingData];
  });
  expect(ofAll).toEqual([
    ['Oldest undelivered entry', '>= 180', '3 x 60 s', 'notBreaching'],
    ['Stream iterator age', '>= 60000', '3 x 60 s', 'notBreaching'],
    ['Failed effects', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Unknown effects', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Expired effects', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Conflict rate', '>= 20', '2 x 300 s', 'notBreaching'],
    ['Unavailable events', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Failures', '>= 5', '1 x 300 s', 'notBreaching'],
    ['OTP failure rate', '>= 50', '2 x 900 s', 'notBreaching'],
    ['Login conversion rate', '< 50', '2 x 900 s', 'notBreaching'],
    ['Card decline rate', '>= 50', '2 x 900 s', 'notBreaching'],
    ['Overdue gateway answers', '>= 5', '1 x 900 s', 'notBreaching'],
    ['Payments in error', '>= 1', '1 x 900 s', 'notBreaching'],
    ['Unpublished transitions', '>= 5', '1 x 900 s', 'notBreaching'],
    ['Orders without an answer of the warehouse', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Refunds refused', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Paid without an order', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Fulfilled after refund', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Overdue payment pages', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Overdue refunds', '>= 1', '1 x 300 s', 'notBreaching'],
    ['Forged webhooks', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Overdue payment provider', '>= 5', '1 x 900 s', 'notBreaching'],
    ['Commands not taken', '>= 3', '1 x 900 s', 'notBreaching'],
    ['Oldest command to the warehouse', '>= 3600', '1 x 300 s', 'notBreaching'],
    ['Oldest message of the intake', '>= 240', '1 x 300 s', 'notBreaching'],
    ['Dead letters of the warehouse commands', '>= 1', '1 x 60 s', 'notBreaching'],
    ['Dead letters of the warehouse replies', '>= 1', '1 x 60 s', 'notBreaching'],
    ['Dead letters of the operator events', '>= 1', '1 x 60 s', 'notBreaching'],
    ['SMS per minute', '>= 7', '1 x 60 s', 'notBreaching'],
    ['SMS monthly spend', '>= 40', '1 x 300 s', 'ignore'],
    ['Dead letters of the SMS relay', '>= 1', '1 x 60 s', 'notBreaching'],
    ['Dead letters of the effects relay', '>= 1', '1 x 60 s', 'notBreaching'],
    ['Reconciler not run', '< 1', '3 x 60 s', 'breaching'],
    ['Throttled actions of mfa-login', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Throttled actions of payment', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Throttled actions of checkout', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Throttled actions of checkout 2', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Lambda errors', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Lambda throttles', '>= 5', '1 x 300 s', 'notBreaching'],
    ['Failed executions', '>= 3', '1 x 300 s', 'notBreaching'],
    ['API server errors', '>= 5', '1 x 300 s', 'notBreaching'],
  ]);
});

/** What the actions of the checkout and its webhooks raise alarms for; their own tests hold them to it. */
const alarmReasons = [
  ...['WarehouseSilent', 'RefundRefused', 'FulfilledAfterRefund'],
  ...['PaymentPageOverdue', 'RefundOverdue', 'PaidWithoutOrder'],
];

describe('metrics', () => {
  const about = { flow: 'mfa-login', flowId: 'a' };
  const statuses = ['applied', 'deferred', 'rejected', 'not-found', 'key-reused', 'conflict', 'unavailable'];
  const fates = ['pending', 'delivered', 'failed', 'unknown', 'expired'];
  const signals: Signal[] = [
    ...Object.entries({ 'mfa-login': table, payment: paymentTable, checkout: checkoutTable }).flatMap(
      ([flow, rows]) =>
        rows.flatMap(({ event, to: state }) =>
          statuses.map((status) => ({ ...about, flow, type: 'delivered' as const, event, state, status })),
        ),
    ),
    ...[
      ['mfa-login', 'sms'] as const,
      ['payment', 'publish'] as const,
      ['checkout', 'fulfilment.command'] as const,
      ['checkout', 'fulfilment.inquire'] as const,
    ].flatMap(([flow, kind]) =>
      fates.map((status) => ({
        ...{ ...about, flow, kind, status },
        type: 'effect' as const,
        effect: 'a/1/1',
        attempt: 1,
      })),
    ),
    { ...about, type: 'conflict', event: 'OtpSubmitted', attempt: 1 },
    ...alarmReasons.map((reason) => ({ ...about, flow: 'checkout', type: 'alarm' as const, reason })),
    { type: 'forged', source: 'stripe' },
    { type: 'failure', where: 'relay', subject: 'a/1/1', error: 'Error' },
    { type: 'reconciled', records: 0, entries: 0, failures: 0, oldestSeconds: 0 },
  ];
  /** What the functions write: CloudWatch knows a metric only with exactly the dimensions that it was written with. */
  const written = new Set(
    signals.flatMap((signal) => {
      const { _aws, ...values } = documentOf(signal, 0, 'a');
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name: MetricName }) =>
          Dimensions.map((names) => {
            const dimensions = names.map((Name) => ({ Name, Value: values[Name] }));
            return `${Namespace} ${textOf({ Namespace, MetricName, Dimensions: dimensions })}`;
          }),
        ),
      );
    }),
  );

  test.each(Object.entries(alarms))('%s looks at metrics that the functions write', (_name, one) => {
    for (const stat of statsOf(one).filter(({ Namespace }) => !Namespace.startsWith('AWS/')))
      expect(written).toContain(`${stat.Namespace} ${textOf(stat)}`);
  });

  test('the others are those of AWS, of our functions, queues and machines', () => {
    const named = (prefix: string) => ({ Ref: one(stack, 'AWS::Lambda::Function', prefix)[0] });
    const actions = ['VerifyPassword', 'SendOtpSms', 'VerifyOtp', 'MintSession'].map(named);
    const relays = ['SmsRelayFunction', 'EffectsRelayFunction'].map(named);
    const others = ['ReconcilerFunction', 'WebhooksFunction', 'IntakeFunction'].map(named);
    const engine = [named('ApiFunction'), ...relays, ...others];
    const found = (name: string) =>
      statsOf(alarm(name)).map(({ Namespace, MetricName, Dimensions = [] }) => [
        `${Namespace} ${MetricName}`,
        ...Dimensions.map(({ Value }) => Value),
      ]);
    expect(found('Stream iterator age')).toEqual(relays.map((name) => ['AWS/Lambda IteratorAge', name]));
    // Written at the end of a pass: one that fails each time has not run.
    expect(found('Reconciler not run')).toEqual([['Detent OverdueRecords', 'detent']]);
    expect(found('Lambda errors')).toEqual(engine.map((name) => ['AWS/Lambda Errors', name]));
    expect(found('Lambda throttles')).toEqual(engine.map((name) => ['AWS/Lambda Throttles', name]));
    expect(found('Throttled actions of mfa-login')).toEqual(
      actions.map((name) => ['AWS/Lambda Throttles', name]),
    );
    // A metric of the whole account: it has no dimension.
    expect(found('SMS monthly spend')).toEqual([['AWS/SNS SMSMonthToDateSpentUSD']]);
    expect(found('Failed executions')).toEqual(
      ['MfaLogin', 'Payment', 'Checkout'].flatMap((flow) => {
        const machine = { Ref: one(stack, 'AWS::StepFunctions::StateMachine', flow)[0] };
        return [
          ['AWS/States ExecutionsFailed', machine],
          ['AWS/States ExecutionsTimedOut', machine],
        ];
      }),
    );
    expect(found('API server errors')).toEqual([
      ['AWS/ApiGateway 5xx', { Ref: one(stack, 'AWS::ApiGatewayV2::Api', 'Api')[0] }],
    ]);
  });

  test('an alarm adds up ten metrics at the most', () => {
    for (const one of Object.values(alarms)) expect(statsOf(one).length).toBeLessThanOrEqual(10);
  });

  test('every queue of what was given up has an alarm, and every other one an alarm on what waits there', () => {
    const watched = (metric: string) =>
      Object.values(alarms)
        .flatMap(statsOf)
        .filter(({ Namespace, MetricName }) => `${Namespace} ${MetricName}` === `AWS/SQS ${metric}`)
        .map(({ Dimensions }) => JSON.stringify(Dimensions?.[0]?.Value))
        .sort();
    const queues = ofType(stack, 'AWS::SQS::Queue').map(([id]) => id);
    const named = (ids: string[]) =>
      ids.map((id) => JSON.stringify({ 'Fn::GetAtt': [id, 'QueueName'] })).sort();
    const ends = queues.filter((id) => id.includes('Failed'));
    expect(watched('ApproximateNumberOfMessagesVisible')).toEqual(named(ends));
    expect(watched('ApproximateAgeOfOldestMessage')).toEqual(
      named(queues.filter((id) => !ends.includes(id))),
    );
  });
});

describe('rates', () => {
  /** What an alarm makes of counts; those that are not given have no data. */
  function breaches(name: string, counts: { [metric: string]: number }): boolean {
    const { Metrics = [], Threshold, ComparisonOperator } = alarm(name);
    const data = Metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [[Id, counts[textOf(MetricStat.Metric)]] as const] : [],
    );
    const used = new Set(
      Metrics.flatMap(({ MetricStat }) => (MetricStat ? [textOf(MetricStat.Metric)] : [])),
    );
    for (const metric of Object.keys(counts)) expect(used).toContain(metric);
    const value = runInNewContext(Metrics.find(({ Expression }) => Expression)?.Expression ?? '', {
      ...Object.fromEntries(data),
      FILL: (given: number | undefined, otherwise: number) => given ?? otherwise,
      IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    });
    return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value >= Threshold;
  }

  const applied = (event: string, state: string) =>
    `EventApplied event=${event} flow=mfa-login service=detent state=${state}`;
  const [right, wrong, locked, late] = ['LoggedIn', 'WaitForOtpInput', 'Locked', 'OtpExpired'].map((state) =>
    applied('OtpSubmitted', state),
  ) as [string, string, string, string];
  const begun = applied('LoginRequested', 'WaitForOtpInput');

  test.each([
    ['nothing', {}, false],
    ['19 wrong codes', { [wrong]: 19 }, false],
    ['20 wrong codes', { [wrong]: 20 }, true],
    ['half wrong, some for the last time', { [right]: 10, [wrong]: 6, [locked]: 4 }, true],
    ['fewer than half wrong', { [right]: 11, [wrong]: 9 }, false],
    ['many too late: nobody guesses', { [wrong]: 9, [late]: 11 }, false],
  ])('OTP failure rate: %s', (_what, counts, expected) => {
    expect(breaches('OTP failure rate', counts)).toBe(expected);
  });

  test('every state to which a code leads counts among the codes that were submitted', () => {
    const states = table
      .filter(({ event, to }) => event === 'OtpSubmitted' && /^[A-Z]/.test(to))
      .map(({ to }) => to);
    const counted = statsOf(alarm('OTP failure rate')).map(textOf);
    expect(new Set(counted)).toEqual(new Set(states.map((state) => applied('OtpSubmitted', state))));
  });

  test.each([
    ['nothing', {}, false],
    ['19 begun', { [begun]: 19 }, false],
    ['20 begun, none finished', { [begun]: 20 }, true],
    ['9 of 20 finished', { [begun]: 20, [right]: 9 }, true],
    ['half finished', { [begun]: 20, [right]: 10 }, false],
  ])('Login conversion rate: %s', (_what, counts, expected) => {
    expect(breaches('Login conversion rate', counts)).toBe(expected);
  });

  const [conflicts, changes] = ['Conflict service=detent', 'EventApplied service=detent'] as const;
  test.each([
    ['nothing', {}, false],
    ['49 conflicts', { [conflicts]: 49 }, false],
    ['50 conflicts', { [conflicts]: 50 }, true],
    ['a fifth', { [conflicts]: 20, [changes]: 80 }, true],
    ['less', { [conflicts]: 19, [changes]: 81 }, false],
  ])('Conflict rate: %s', (_what, counts, expected) => {
    expect(breaches('Conflict rate', counts)).toBe(expected);
  });

  const sms = (name: string) => `${name} flow=mfa-login kind=sms service=detent`;
  test.each([
    ['nothing', {}, false],
    ['6 sent', { [sms('EffectDelivered')]: 6 }, false],
    ['6 sent, and one perhaps', { [sms('EffectDelivered')]: 6, [sms('EffectUnknown')]: 1 }, true],
  ])('SMS per minute, of 7: %s', (_what, counts, expected) => {
    expect(breaches('SMS per minute', counts)).toBe(expected);
  });
});

describe('whoever has to know', () => {
  const [topicId, topic] = one(stack, 'AWS::SNS::Topic', 'ObservabilityAlarms');

  test.each(Object.entries(alarms))(
    '%s is told to the topic, when it comes and when it goes',
    (_name, one) => {
      expect([one.AlarmActions, one.OKActions]).toEqual([[{ Ref: topicId }], [{ Ref: topicId }]]);
    },
  );

  test('CloudWatch may publish there, for this account, and nobody without TLS', () => {
    const [, { Properties }] = one(stack, 'AWS::SNS::TopicPolicy', 'ObservabilityAlarms');
    expect(Properties).toMatchObject({
      Topics: [{ Ref: topicId }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
    // With a key that AWS manages, CloudWatch could not.
    expect(topic.Properties['KmsMasterKeyId']).toBeUndefined();
  });

  test('gets an e-mail where there is an address, and there alone', () => {
    const subscriptions = (made: Synthesised) =>
      ofType(made, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
        Properties['Protocol'],
        Properties['Endpoint'],
      ]);
    expect(subscriptions(stack)).toEqual([['email', 'ops@example.com']]);
    expect(subscriptions(synthesised())).toEqual([]);
  });
});

test('the dashboard shows every alarm, and a graph of what it watches', () => {
  const [, { Properties }] = one(stack, 'AWS::CloudWatch::Dashboard', 'Observability');
  const { 'Fn::Join': joined } = Properties['DashboardBody'] as { 'Fn::Join': [string, unknown[]] };
  const body = joined[1].map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
  const { widgets } = JSON.parse(body) as {
    widgets: { type: string; properties: { title: string; alarms?: [] } }[];
  };
  expect(widgets[0]?.properties.alarms).toHaveLength(Object.keys(alarms).length);
  expect(widgets.map(({ properties }) => properties.title)).toEqual(
    expect.arrayContaining(Object.keys(alarms)),
  );
});

test('where there is no arithmetic on metrics, the alarms without it remain', () => {
  const plain = Object.entries(alarms).filter(([, { Metrics }]) => !Metrics);
  const left = alarmsOf(synthesised({ metricMath: false }));
  expect(Object.keys(left)).toEqual(plain.map(([name]) => name));
  expect(plain.length).toBeGreaterThan(8);
});
