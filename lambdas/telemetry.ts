/** How the engine's signals become log lines and metrics of the Lambda functions. */
import { SystemClock } from '../adapters/system.ts';
import type { Clock, Observer, Signal } from '../core/ports.ts';
import { logger } from './logger.ts';
import { documentOf, type MetricDocument } from './metrics.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** What a person should look at, some time, even where the engine mends it itself. */
const troubled = ['failed', 'unknown', 'expired'];

function levelOf(signal: Signal): Level {
  switch (signal.type) {
    case 'failure':
    case 'alarm':
      return 'error';
    case 'unavailable':
    case 'forged':
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

/** Where a failure's subject is a route, or who sent something. Elsewhere it is an instance, its partition, an item or an effect of it. */
const outside = ['api', 'intake'];

function flowIdOf(signal: Signal): string | undefined {
  if ('flowId' in signal) return signal.flowId;
  if (signal.type !== 'failure' || outside.includes(signal.where)) return undefined;
  return /^(?:[^#/]+#)?([^#/]+)/.exec(signal.subject)?.[1];
}

type Log = { [level in Level]: (message: string, attributes: { [name: string]: unknown }) => void };

/** Signals carry no payload: each becomes one log line, with its instance as correlation id, and is counted. */
export function createObserver(
  log: Log,
  write: (document: MetricDocument) => void,
  clock: Pick<Clock, 'now'>,
): Observer {
  return (signal) => {
    const { type, ...attributes } = signal;
    const flowId = flowIdOf(signal);
    // In a log line `event` would be a whole event, and is hidden; here it is the name of its type.
    const { event: eventType, ...others } = { event: undefined, ...attributes };
    log[levelOf(signal)](type, {
      ...others,
      ...(eventType && { eventType }),
      ...(flowId !== undefined && { correlation_id: flowId }),
    });
    write(documentOf(signal, clock.now(), flowId));
  };
}

/** Past the logger: CloudWatch reads a metric only from a line that is nothing else, and no level holds it back. */
const writeLine = (document: MetricDocument): void => {
  process.stdout.write(`${JSON.stringify(document)}\n`);
};

export const observe = createObserver(logger, writeLine, new SystemClock());
