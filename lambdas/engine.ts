/** The engine on AWS: what all that deliver events have in common. */
import { stepFunctionsClient } from '../adapters/aws/clients.ts';
import { createSfnResolver } from '../adapters/aws/sfn-resolver.ts';
import { SystemClock, systemRandomness } from '../adapters/system.ts';
import { createDeliverer } from '../core/deliver.ts';
import type { Deliverer } from '../core/delivery.ts';
import type { Flow } from '../core/flow.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Clock, Observer, Randomness, Secrets, Table } from '../core/ports.ts';
import { type FlowName, type FlowSettings, flowSettings, flowsOf } from '../flows/index.ts';
import { byName, type EngineEnvironment, emulated } from './environment.ts';
import { secretsOf } from './secrets.ts';
import { tableOf } from './table.ts';
import { observe } from './telemetry.ts';

/** A flow with its figures. */
type Settled<Name extends FlowName> = { flow: Flow; settings: FlowSettings[Name] };

export interface Engine {
  table: Table;
  clock: Clock;
  random: Randomness;
  secret: Secrets;
  observe: Observer;
  deliverer: Deliverer;
  flows: { [Name in FlowName]: Flow };
  mfaLogin: Settled<'mfa-login'>;
  payment: Settled<'payment'>;
  checkout: Settled<'checkout'>;
}

/** @param secretIds secrets beside `requests`, by name. */
export function createEngine(
  environment: EngineEnvironment,
  secretIds: { readonly [name: string]: string },
): Engine {
  const { TABLE_FLOWS, TABLE_USERS, TABLE_QUOTAS, TABLE_INVENTORY, SECRET_REQUESTS } = environment;
  const clock = new SystemClock();
  const random = systemRandomness;
  const table = tableOf({
    flows: TABLE_FLOWS,
    users: TABLE_USERS,
    quotas: TABLE_QUOTAS,
    inventory: TABLE_INVENTORY,
  });
  const secret = secretsOf({ ...secretIds, requests: SECRET_REQUESTS });
  const settings = flowSettings(byName<unknown>(environment.FLOW_SETTINGS));
  const flows = flowsOf(settings);
  const deliverer = createDeliverer({
    table,
    clock,
    random,
    observe,
    resolver: createSfnResolver(
      stepFunctionsClient({ emulated: emulated() }),
      byName(environment.STATE_MACHINES),
    ),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
  });
  const settled = <Name extends FlowName>(name: Name): Settled<Name> => ({
    flow: flows[name],
    settings: settings[name],
  });
  return {
    ...{ table, clock, random, secret, observe, deliverer, flows },
    mfaLogin: settled('mfa-login'),
    payment: settled('payment'),
    checkout: settled('checkout'),
  };
}
