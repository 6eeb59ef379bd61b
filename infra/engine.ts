import type { EngineEnvironment } from '../lambdas/environment.ts';
import type { Flow } from './flow.ts';
import { settingsText } from './mfa-login.ts';
import type { Common, EnvironmentFor } from './node-function.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** What the functions that deliver events are made of. */
export interface EngineProps extends Common {
  tables: Tables;
  secrets: Secrets;
  flow: Flow;
}

type EngineVariables = Pick<EnvironmentFor<'api'>, keyof EngineEnvironment>;

/** What they are told of. */
export const engineEnvironment = (props: EngineProps): EngineVariables => ({
  TABLE_FLOWS: props.tables.flows,
  TABLE_USERS: props.tables.users,
  TABLE_QUOTAS: props.tables.quotas,
  STATE_MACHINE_MFA_LOGIN: props.flow.stateMachineArn,
  SECRET_REQUESTS: props.secrets.requests,
  MFA_LOGIN_SETTINGS: settingsText(props),
});
