import { eventBridgeClient } from '../adapters/aws/clients.ts';
import { createEventBridgePublisher } from '../adapters/aws/event-bridge.ts';
import { createStripeGateway } from '../adapters/stripe/gateway.ts';
import { EffectError } from '../core/errors.ts';
import type { EffectExecutor, Secrets } from '../core/ports.ts';
import { publishExecutors } from '../core/publication.ts';
import { gatewayExecutors } from '../flows/payment/gateway.ts';
import type { Engine } from './engine.ts';
import type { EffectsEnvironment } from './environment.ts';

/** All effects but text messages: requests to the card gateway, and transitions that are told to others. */
export function effectExecutors(
  { secret, payment }: Engine,
  { GATEWAY_URL, FACTS_BUS }: EffectsEnvironment,
): { [kind: string]: EffectExecutor } {
  const gateway = createStripeGateway({ apiKey: keyOf(secret), url: GATEWAY_URL });
  return {
    ...gatewayExecutors(gateway, payment.settings),
    ...publishExecutors(createEventBridgePublisher(eventBridgeClient(), FACTS_BUS)),
  };
}

/**
 * The secret is made empty, and filled by a person: until then requests wait, and their entries say for what.
 *
 * @throws EffectError `transient`, from the function returned: nothing was sent.
 */
const keyOf = (secret: Secrets) => (): Promise<string> =>
  secret('gateway').catch(() => {
    throw new EffectError('transient', 'gateway-key-missing');
  });
