/** What every Lambda function is wrapped in. */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { isDetentError, nameOf } from '../core/errors.ts';
import { logger } from './logger.ts';

/**
 * Logs around a handler; metrics are written as they arise, and Lambda itself traces. Neither events nor answers are
 * logged: they hold passwords, codes and tokens. An error that is not ours leaves without its message, which may quote
 * them: the Lambda runtime writes what is thrown into the log, and Step Functions into the execution.
 *
 * @param flowIdOf the instance that an event is about, where it names one: the correlation id of all that is logged.
 */
export const wrapped = <Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  flowIdOf?: (event: Event) => string,
) =>
  middy<Event, Result>()
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .before(({ event }) => {
      if (flowIdOf) logger.setCorrelationId(flowIdOf(event));
    })
    // Added last, so it runs first: the one above sees only what is left of the error, and then forgets the keys.
    .onError((request) => {
      request.error = presentable(request.error);
      logger.error('the function failed', { error: request.error });
    })
    .handler(handler);

function presentable(error: unknown): Error {
  if (isDetentError(error)) return error;
  const bare = new Error('The message is withheld: it may quote personal data.');
  bare.name = nameOf(error);
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  bare.stack = [`${bare.name}: ${bare.message}`, ...frames].join('\n');
  return bare;
}
