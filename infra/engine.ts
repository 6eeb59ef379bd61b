import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { EffectsEnvironment, EngineEnvironment } from '../lambdas/environment.ts';
import { settingsText } from './figures.ts';
import type { Flow } from './flow.ts';
import type { Common, EnvironmentFor } from './node-function.ts';
import type { Queues } from './queues.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';

/** What has to be known of a bus. */
export type Bus = Pick<IEventBus, 'eventBusName' | 'eventBusArn'>;

/** What the functions that deliver events are made of. */
export interface EngineProps extends Common {
  tables: Tables;
  secrets: Secrets;
  flows: { mfaLogin: Flow; payment: Flow; checkout: Flow };
  /** To and from those who fulfil orders. */
  queues: Queues;
  /** Hears of every transition of flows that are published. */
  facts: Bus;
}

type EngineVariables = Pick<EnvironmentFor<'api'>, keyof EngineEnvironment>;

/** What they are told of. */
export const engineEnvironment = (props: EngineProps): EngineVariables => ({
  TABLE_FLOWS: props.tables.flows,
  TABLE_USERS: props.tables.users,
  TABLE_QUOTAS: props.tables.quotas,
  TABLE_INVENTORY: props.tables.inventory,
  STATE_MACHINES: machinesText(props),
  FLOW_SETTINGS: settingsText(props.stage),
  SECRET_REQUESTS: props.secrets.requests,
});

const machinesText = ({ flows }: EngineProps): string =>
  JSON.stringify(
    Object.fromEntries(Object.values(flows).map(({ name, stateMachineArn }) => [name, stateMachineArn])),
  );

/** What those are told of beside, who perform effects other than text messages. */
export const effectsEnvironment = ({
  secrets,
  facts,
  queues,
  stage,
}: EngineProps): Pick<EnvironmentFor<'relay-effects'>, keyof EffectsEnvironment> => ({
  SECRET_GATEWAY: secrets.gateway,
  GATEWAY_URL: stage.gatewayUrl,
  WAREHOUSE_QUEUE: queues.commands.queue.queueUrl,
  FACTS_BUS: facts.eventBusName,
});
