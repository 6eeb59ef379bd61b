import { createSecrets } from '../adapters/aws/secrets.ts';
import { SystemClock } from '../adapters/system.ts';
import { type Action, performAction, type TaskInput, toolsFor } from '../core/action.ts';
import type { Table } from '../core/ports.ts';
import type { Step } from '../core/types.ts';
import { secrets } from './clients.ts';
import { wrapped } from './middleware.ts';

/** A Lambda function around one action. The table and the secrets are all that its role lets it reach. */
export function handlerOf(
  action: Action,
  secretIds: { readonly [name: string]: string },
  table: Pick<Table, 'read' | 'query'> = noTable,
) {
  const tools = toolsFor(action, table, createSecrets(secrets(), secretIds, new SystemClock()));
  return wrapped<TaskInput, Step>((task) => performAction(action, task, tools));
}

/** For actions that declare no table: asked for one, `toolsFor` has refused before this is reached. */
const noTable: Pick<Table, 'read' | 'query'> = {
  read: async () => undefined,
  query: async () => [],
};
