/** Metrics as the functions write them, and arithmetic on them that no lack of traffic upsets. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';

export const NAMESPACE = 'Detent';

export interface Dimensions {
  flow?: string;
  kind?: string;
  event?: string;
  state?: string;
  reason?: string;
  source?: string;
}

const MINUTE = Duration.minutes(1);

/**
 * One of the engine's own metrics, by default its sum in a minute. The functions write it with the dimensions `service`,
 * `flow`, and those of its kind: a metric with other dimensions does not exist.
 */
export const detent = (
  metricName: string,
  dimensions: Dimensions = {},
  { statistic = Stats.SUM, period = MINUTE } = {},
): Metric =>
  new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { service: 'detent', ...dimensions },
    statistic,
    period,
  });

/** Metrics as one number; those that are missing count as 0. All have the same period. */
export function sum(label: string, metrics: readonly IMetric[], period = MINUTE): MathExpression {
  const { total, using } = added('m', metrics);
  return new MathExpression({ label, period, expression: total, usingMetrics: using });
}

/** The largest of several metrics; those that are missing count as 0. All have the same period. */
export function largest(label: string, metrics: readonly IMetric[], period = MINUTE): MathExpression {
  const { using } = added('m', metrics);
  const all = Object.keys(using).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({ label, period, expression: `MAX([${all.join(', ')}])`, usingMetrics: using });
}

export interface Share {
  label: string;
  part: readonly IMetric[];
  /** What the part is a part of; it includes the part. */
  whole: readonly IMetric[];
  /** The smallest whole that says anything. */
  atLeast: number;
  /** What the share is taken for below that: what alarms nobody. */
  otherwise: number;
  period: Duration;
}

/** A percentage. */
export function share({ label, part, whole, atLeast, otherwise, period }: Share): MathExpression {
  const parts = added('p', part);
  const wholes = added('w', whole);
  return new MathExpression({
    label,
    period,
    expression: `IF((${wholes.total}) >= ${atLeast}, 100 * (${parts.total}) / (${wholes.total}), ${otherwise})`,
    usingMetrics: { ...parts.using, ...wholes.using },
  });
}

function added(letter: string, metrics: readonly IMetric[]) {
  const using = Object.fromEntries(metrics.map((metric, n) => [`${letter}${n}`, metric]));
  const total = Object.keys(using)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return { total, using };
}
