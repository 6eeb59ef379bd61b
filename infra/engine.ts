import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { EffectsEnvironment, EngineEnvironment } from '../lambdas/environment.ts';
import type { Flow } from './flow.ts';
import { settingsText } from './mfa-login.ts';
import type { Common, EnvironmentFor } from './node-function.ts';
import { paymentSettingsText } from './payment.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** What has to be known of a bus. */
export type Bus = Pick<IEventBus, 'eventBusName' | 'eventBusArn'>;

/** What the functions that deliver events are made of. */
export interface EngineProps extends Common {
  tables: Tables;
  secrets: Secrets;
  flows: { mfaLogin: Flow; payment: Flow };
  /** Hears of every transition of flows that are published. */
  facts: Bus;
}

type EngineVariables = Pick<EnvironmentFor<'api'>, keyof EngineEnvironment>;

/** What they are told of. */
export const engineEnvironment = (props: EngineProps): EngineVariables => ({
  TABLE_FLOWS: props.tables.flows,
  TABLE_USERS: props.tables.users,
  TABLE_QUOTAS: props.tables.quotas,
  STATE_MACHINE_MFA_LOGIN: props.flows.mfaLogin.stateMachineArn,
  STATE_MACHINE_PAYMENT: props.flows.payment.stateMachineArn,
  SECRET_REQUESTS: props.secrets.requests,
  MFA_LOGIN_SETTINGS: settingsText(props),
  PAYMENT_SETTINGS: paymentSettingsText(props),
});

/** What those are told of beside, who perform effects other than text messages. */
export const effectsEnvironment = ({
  secrets,
  facts,
  stage,
}: EngineProps): Pick<EnvironmentFor<'relay-effects'>, keyof EffectsEnvironment> => ({
  SECRET_GATEWAY: secrets.gateway,
  GATEWAY_URL: stage.gatewayUrl,
  FACTS_BUS: facts.eventBusName,
});
