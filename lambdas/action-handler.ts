import { type Action, performAction, type TaskInput, toolsFor } from '../core/action.ts';
import { DetentError } from '../core/errors.ts';
import type { Secrets, Table } from '../core/ports.ts';
import type { Step } from '../core/types.ts';
import { logger } from './logger.ts';
import { wrapped } from './middleware.ts';

/** What an action's function lets it reach; its role allows no more. */
export interface Reach {
  table?: Pick<Table, 'read' | 'query'>;
  secret?: Secrets;
}

/**
 * A Lambda function around one action. Nothing here brings a client of the AWS SDK: whoever needs one hands it in, so that
 * the bundle of an action that needs none holds none.
 *
 * @throws DetentError `misconfigured` where the action declares what it is not given.
 */
export function handlerOf(action: Action, { table, secret }: Reach = {}) {
  const { name, reads, secrets = [] } = action;
  if (reads !== undefined && !table) throw missing(name, `the table ${reads}`);
  if (secrets.length > 0 && !secret) throw missing(name, `the secrets ${secrets.join(', ')}`);
  const tools = toolsFor(action, table ?? noTable, secret ?? noSecret);
  return wrapped<TaskInput, Step>(
    async (task) => {
      const step = await performAction(action, task, tools);
      const { flow, event } = task;
      const { outcome } = step;
      logger.info('performed', { action: name, outcome, flow: flow.name, eventType: event.type });
      return step;
    },
    ({ flow }) => flow.id,
  );
}

const missing = (action: string, what: string): DetentError =>
  new DetentError(
    'misconfigured',
    `${action} declares ${what}, and its function does not hand it in: see lambdas/actions/`,
  );

/** For actions that declare neither: asked for one, `toolsFor` has refused before these are reached. */
const noTable: Pick<Table, 'read' | 'query'> = {
  read: async () => undefined,
  query: async () => [],
};
const noSecret: Secrets = async (name) => {
  throw new DetentError('secret-unavailable', `the secret ${name} is not to be had from here`);
};
