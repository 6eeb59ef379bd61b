/** The world outside of the embedded process, as far as it is more than a phone: who takes money, who ships, who listens to facts. */
import type { CardGateway } from '../core/card-gateway.ts';
import type { CheckoutProvider } from '../core/checkout-provider.ts';
import { EffectError } from '../core/errors.ts';
import type { Secrets } from '../core/ports.ts';
import type { Publisher } from '../core/publication.ts';
import type { FaultKind } from './faults.ts';
import type { WarehouseMode } from './sandbox/warehouse/warehouse.ts';
import type { WebhookMode } from './sandbox/webhooks.ts';

/** The processes beside this one that play the world. */
export const companions = ['gateway', 'warehouse'] as const;

export type CompanionName = (typeof companions)[number];

/** How quick the gateway is. `slow`: five seconds for each answer, time enough to kill it meanwhile. */
export const gatewayModes = ['prompt', 'slow'] as const;

export type GatewayMode = (typeof gatewayModes)[number];

export interface Outside {
  gateway: CardGateway;
  checkout: CheckoutProvider;
  /** Whether these two are none of ours: their time goes by itself, and so do their faults. */
  isReal: boolean;
  publish: Publisher;
  /** Takes one command, JSON as text. `away`: it may have it or not; `refused`: it is no command. */
  tellWarehouse(text: string): Promise<'taken' | 'away' | 'refused'>;
  /** Tells it what time it is: so many ms after that of the machine. */
  setClock(offsetMs: number): Promise<void>;
  /** How the gateway fails from now on. */
  setGatewayFault(kind: FaultKind): Promise<void>;
  /** How quick the gateway is, how webhooks come, and how the warehouse works, from now on. */
  setGatewayMode(mode: GatewayMode): Promise<void>;
  setWebhooks(mode: WebhookMode): Promise<void>;
  setWarehouse(mode: WarehouseMode): void;
  /** The ids of the processes beside this one; of one that is being started again, none. */
  running(): { [Name in CompanionName]?: number };
  /** Ends one of them as kill -9 does, and it is started again. @returns whether there was one, once it has ended. */
  kill(name: CompanionName): Promise<boolean>;
  close(): Promise<void>;
}

/** What the world gets to know of the process when it is opened. */
export interface Inside {
  offsetMs: number;
  secret: Secrets;
  /** Takes a report of the warehouse: it is on the disk when this resolves. */
  report(text: string): Promise<void>;
}

const away = async (): Promise<never> => {
  throw new EffectError('transient', 'no-gateway');
};

/** Nobody there: no gateway answers, nobody ships, and nobody listens. */
export const nobody: Outside = {
  gateway: { send: away, find: away },
  checkout: { createSession: away, expireSession: away, readSession: away },
  isReal: false,
  publish: async () => {},
  tellWarehouse: async () => 'away',
  setClock: async () => {},
  setGatewayFault: async () => {},
  setGatewayMode: async () => {},
  setWebhooks: async () => {},
  setWarehouse: () => {},
  running: () => ({}),
  kill: async () => false,
  close: async () => {},
};
