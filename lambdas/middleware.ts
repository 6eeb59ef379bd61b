/** What every Lambda function is wrapped in. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { isDetentError, nameOf } from '../core/errors.ts';
import { logger, metrics, tracer } from './telemetry.ts';

/**
 * Logs, metrics and traces around a handler. Neither events nor answers are logged or traced: they hold passwords, codes
 * and tokens. An error that is not ours leaves without its message, which may quote them: the Lambda runtime writes what
 * is thrown into the log, and Step Functions into the execution.
 */
export const wrapped = <Event, Result>(handler: (event: Event, context: Context) => Promise<Result>) =>
  middy<Event, Result>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { logEvent: false }))
    .after(publish)
    .onError(publish)
    // Added last, so it runs first: those above see only what is left of the error.
    .onError((request) => {
      request.error = presentable(request.error);
      logger.error('the function failed', { error: request.error });
    })
    .handler(handler);

/** Most calls of an action count nothing; an empty set would be a warning each time. */
function publish(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

function presentable(error: unknown): Error {
  if (isDetentError(error)) return error;
  const bare = new Error('The message is withheld: it may quote personal data.');
  bare.name = nameOf(error);
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  bare.stack = [`${bare.name}: ${bare.message}`, ...frames].join('\n');
  return bare;
}
