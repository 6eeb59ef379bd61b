/** What is watched: one alarm and one graph each, and one heading of docs/runbook.md. */
import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  GraphWidget,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface Watch {
  /** The words of the heading in the runbook. */
  name: string;
  /** One sentence, with its full stop: what an alarm means. */
  means: string;
  metric: IMetric;
  /** The alarm comes from this value on; or below it. */
  from?: number;
  below?: number;
  /** In how many periods in a row; 1 by default. */
  periods?: number;
  /** What to make of periods without a value; by default nothing is wrong. */
  missing?: TreatMissingData;
}

/** `Oldest undelivered entry` → `OldestUndeliveredEntry`. */
const idOf = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.replace(/^./, (first) => first.toUpperCase()))
    .join('');

/** The anchor that a heading has on GitHub. */
const anchorOf = (name: string): string => name.toLowerCase().replace(/ /g, '-');

/** @param action what happens when the alarm comes, and when it goes. */
export function watched(scope: Construct, watch: Watch, action: IAlarmAction): Alarm {
  const { name, means, metric, from, below, periods = 1 } = watch;
  const threshold = from ?? below;
  if (threshold === undefined) throw new Error(`${name}: from which value on, or below which?`);
  const alarm = new Alarm(scope, idOf(name), {
    alarmName: `${Stack.of(scope).stackName} ${name}`,
    alarmDescription: `${means} What to do: docs/runbook.md#${anchorOf(name)}`,
    metric,
    threshold,
    comparisonOperator:
      from === undefined
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: watch.missing ?? TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}

/** The graph of what is watched, with the line of its alarm. */
export const graphOf = ({ name, metric }: Watch, alarm: Alarm): GraphWidget =>
  new GraphWidget({
    title: name,
    left: [metric],
    leftAnnotations: [alarm.toAnnotation()],
    leftYAxis: { min: 0 },
    width: 8,
  });
