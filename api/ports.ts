import type { Context } from 'hono';
import type { Deliverer } from '../core/delivery.ts';
import type { Flow } from '../core/flow.ts';
import type { Clock, Observer, Randomness, Secrets, Table } from '../core/ports.ts';
import type { FlowName } from '../flows/index.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';

/** What the routes need of the runtime that they run in. */
export interface ApiPorts {
  deliverer: Deliverer;
  clock: Clock;
  random: Randomness;
  secret: Secrets;
  observe: Observer;
  /** Whether whoever asks has been authorised to deal with payments. */
  mayPay(c: Context): boolean;
  /** The address that a request came from. */
  sourceOf(c: Context): string;
  /** All flows; those that have routes with more to know stand below as well. */
  flows: { [Name in FlowName]: Flow };
  mfaLogin: { flow: Flow; settings: Settings };
  payment: { flow: Flow };
  checkout: { flow: Flow };
  /** Reads journals and stock. */
  table: Pick<Table, 'query' | 'read'>;
}
