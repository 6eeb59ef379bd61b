/**
 * Pure: what the engine's signals count, in CloudWatch's embedded metric format: a log line that CloudWatch turns into
 * metrics. Each signal is a document of its own, because the values of dimensions hold for a whole document.
 */
import type { Signal } from '../core/ports.ts';
import { SERVICE } from './logger.ts';

const NAMESPACE = 'Detent';

/** Dimensions and metrics are fields beside `_aws`, which names them. */
export interface MetricDocument {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
  [field: string]: unknown;
}

type Values = { [name: string]: string };

interface Counted {
  metrics: { [name: string]: number };
  /** Dimensions from coarse to fine: each group is counted together with those before it, and with the service. */
  dimensions: Values[];
}

const pascal = (word: string): string =>
  word.replace(/(^|-)([a-z])/g, (_match, _dash, letter) => letter.toUpperCase());

function countedOf(signal: Signal): Counted {
  switch (signal.type) {
    case 'delivered': {
      const { flow, event, state, status } = signal;
      return { metrics: { [`Event${pascal(status)}`]: 1 }, dimensions: [{ flow }, { event, state }] };
    }
    case 'effect': {
      const { flow, kind, status } = signal;
      return { metrics: { [`Effect${pascal(status)}`]: 1 }, dimensions: [{ flow }, { kind }] };
    }
    case 'reconciled': {
      const { records, entries, failures, oldestSeconds } = signal;
      return {
        metrics: {
          OverdueRecords: records,
          OverdueEntries: entries,
          OverdueFailures: failures,
          OldestUndeliveredEntry: oldestSeconds,
        },
        dimensions: [],
      };
    }
    case 'alarm': {
      const { flow, reason } = signal;
      return { metrics: { Alarm: 1 }, dimensions: [{ flow }, { reason }] };
    }
    case 'forged':
      return { metrics: { Forged: 1 }, dimensions: [{ source: signal.source }] };
    case 'failure':
      return { metrics: { Failure: 1 }, dimensions: [] };
    default:
      return { metrics: { [pascal(signal.type)]: 1 }, dimensions: [{ flow: signal.flow }] };
  }
}

/** CloudWatch takes no empty value: an instance that does not exist has no state. */
const named = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value || 'None']));

const unitOf = (metric: string): string => (metric === 'OldestUndeliveredEntry' ? 'Seconds' : 'Count');

/**
 * The document of one signal.
 *
 * @param at ms since 1970 UTC.
 * @param flowId the instance: no dimension, but found by whoever follows it through the logs.
 */
export function documentOf(signal: Signal, at: number, flowId: string | undefined): MetricDocument {
  const { metrics, dimensions } = countedOf(signal);
  const groups: Values[] = [{ service: SERVICE }, ...dimensions.map(named)];
  const sets = groups.map((_, n) => groups.slice(0, n + 1).flatMap((values) => Object.keys(values)));
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: unitOf(Name) }));
  return {
    _aws: { Timestamp: at, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: sets, Metrics }] },
    ...Object.assign({}, ...groups),
    ...metrics,
    ...(flowId !== undefined && { correlation_id: flowId }),
  };
}
