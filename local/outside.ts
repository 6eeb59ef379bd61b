/** The world outside of the embedded process, as far as it is more than a phone: the card gateway, and who listens to facts. */
import type { CardGateway } from '../core/card-gateway.ts';
import { EffectError } from '../core/errors.ts';
import type { Publisher } from '../core/publication.ts';
import type { FaultKind } from './faults.ts';

export interface Outside {
  gateway: CardGateway;
  /** Whether the gateway is none of ours: its time goes by itself, and so do its faults. */
  isReal: boolean;
  publish: Publisher;
  /** Tells it what time it is: so many ms after that of the machine. */
  setClock(offsetMs: number): Promise<void>;
  /** How the gateway fails from now on. */
  setGatewayFault(kind: FaultKind): Promise<void>;
  close(): Promise<void>;
}

const away = async (): Promise<never> => {
  throw new EffectError('transient', 'no-gateway');
};

/** Nobody there: no gateway answers, and nobody listens. */
export const nobody: Outside = {
  gateway: { send: away, find: away },
  isReal: false,
  publish: async () => {},
  setClock: async () => {},
  setGatewayFault: async () => {},
  close: async () => {},
};
