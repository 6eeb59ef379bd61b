/** The engine on AWS: what the API, the relay and the reconciler have in common. */
import { stepFunctionsClient } from '../adapters/aws/clients.ts';
import { createSfnResolver } from '../adapters/aws/sfn-resolver.ts';
import { SystemClock, systemRandomness } from '../adapters/system.ts';
import { createDeliverer } from '../core/deliver.ts';
import type { Deliverer } from '../core/delivery.ts';
import type { Flow } from '../core/flow.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Clock, Observer, Randomness, Secrets, Table } from '../core/ports.ts';
import { mfaLogin } from '../flows/mfa-login/index.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';
import { type EngineEnvironment, emulated, settingsOf } from './environment.ts';
import { secretsOf } from './secrets.ts';
import { tableOf } from './table.ts';
import { observe } from './telemetry.ts';

export interface Engine {
  table: Table;
  clock: Clock;
  random: Randomness;
  secret: Secrets;
  observe: Observer;
  deliverer: Deliverer;
  flows: { [name: string]: Flow };
  mfaLogin: { flow: Flow; settings: Settings };
}

/** @param secretIds secrets beside `requests`, by name. */
export function createEngine(
  environment: EngineEnvironment,
  secretIds: { readonly [name: string]: string },
): Engine {
  const { TABLE_FLOWS, TABLE_USERS, TABLE_QUOTAS, STATE_MACHINE_MFA_LOGIN, SECRET_REQUESTS } = environment;
  const clock = new SystemClock();
  const random = systemRandomness;
  const table = tableOf({
    flows: TABLE_FLOWS,
    users: TABLE_USERS,
    quotas: TABLE_QUOTAS,
  });
  const secret = secretsOf({ ...secretIds, requests: SECRET_REQUESTS });
  const settings = settingsOf(environment);
  const flow = mfaLogin(settings);
  const deliverer = createDeliverer({
    table,
    clock,
    random,
    observe,
    resolver: createSfnResolver(stepFunctionsClient({ emulated: emulated() }), {
      [flow.name]: STATE_MACHINE_MFA_LOGIN,
    }),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
  });
  return {
    ...{ table, clock, random, secret, observe, deliverer },
    flows: { [flow.name]: flow },
    mfaLogin: { flow, settings },
  };
}
