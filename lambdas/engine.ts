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
import { payment } from '../flows/payment/index.ts';
import type { PaymentSettings } from '../flows/payment/settings.ts';
import { type EngineEnvironment, emulated, paymentSettingsOf, settingsOf } from './environment.ts';
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
  payment: { flow: Flow; settings: PaymentSettings };
}

/** @param secretIds secrets beside `requests`, by name. */
export function createEngine(
  environment: EngineEnvironment,
  secretIds: { readonly [name: string]: string },
): Engine {
  const { TABLE_FLOWS, TABLE_USERS, TABLE_QUOTAS, SECRET_REQUESTS } = environment;
  const clock = new SystemClock();
  const random = systemRandomness;
  const table = tableOf({
    flows: TABLE_FLOWS,
    users: TABLE_USERS,
    quotas: TABLE_QUOTAS,
  });
  const secret = secretsOf({ ...secretIds, requests: SECRET_REQUESTS });
  const [loginSettings, paymentSettings] = [settingsOf(environment), paymentSettingsOf(environment)];
  const login = { flow: mfaLogin(loginSettings), settings: loginSettings };
  const paying = { flow: payment(paymentSettings), settings: paymentSettings };
  const deliverer = createDeliverer({
    table,
    clock,
    random,
    observe,
    resolver: createSfnResolver(stepFunctionsClient({ emulated: emulated() }), {
      [login.flow.name]: environment.STATE_MACHINE_MFA_LOGIN,
      [paying.flow.name]: environment.STATE_MACHINE_PAYMENT,
    }),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
  });
  return {
    ...{ table, clock, random, secret, observe, deliverer },
    flows: { [login.flow.name]: login.flow, [paying.flow.name]: paying.flow },
    mfaLogin: login,
    payment: paying,
  };
}
