/** Log lines, metrics and traces of the Lambda functions, and how the engine's signals become them. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Observer, Signal } from '../core/ports.ts';
import { MaskingFormatter } from './log-formatter.ts';

const serviceName = 'detent';

export const logger = new Logger({ serviceName, logFormatter: new MaskingFormatter() });
export const metrics = new Metrics({ serviceName, namespace: 'Detent' });
export const tracer = new Tracer({ serviceName });

type Level = 'debug' | 'info' | 'warn' | 'error';

/** What a person should look at, some time, even where the engine mends it itself. */
const troubled = ['failed', 'unknown', 'expired'];

function levelOf(signal: Signal): Level {
  switch (signal.type) {
    case 'failure':
      return 'error';
    case 'unavailable':
      return 'warn';
    case 'effect':
      return troubled.includes(signal.status) ? 'warn' : 'info';
    case 'conflict':
    case 'clash':
      return 'debug';
    default:
      return 'info';
  }
}

const pascal = (word: string): string =>
  word.replace(/(^|-)([a-z])/g, (_match, _dash, letter) => letter.toUpperCase());

/** What a signal counts, by name of the metric. */
function countsOf(signal: Signal): { [metric: string]: number } {
  switch (signal.type) {
    case 'delivered':
      return { [`Event${pascal(signal.status)}`]: 1 };
    case 'effect':
      return { [`Effect${pascal(signal.status)}`]: 1 };
    case 'reconciled':
      return {
        OverdueRecords: signal.records,
        OverdueEntries: signal.entries,
        OverdueFailures: signal.failures,
      };
    default:
      return { [pascal(signal.type)]: 1 };
  }
}

type Log = { [level in Level]: (message: string, attributes: { [name: string]: unknown }) => void };
type Meter = { addMetric(name: string, unit: 'Count', value: number): unknown };

/** Signals carry no payload: each becomes one log line, and is counted. */
export function createObserver(log: Log, meter: Meter): Observer {
  return (signal) => {
    const { type, ...attributes } = signal;
    // In a log line `event` would be a whole event, and is hidden; here it is the name of its type.
    const { event: eventType, ...others } = { event: undefined, ...attributes };
    log[levelOf(signal)](type, { ...others, ...(eventType && { eventType }) });
    for (const [name, value] of Object.entries(countsOf(signal))) {
      meter.addMetric(name, MetricUnit.Count, value);
    }
  };
}

export const observe = createObserver(logger, metrics);
