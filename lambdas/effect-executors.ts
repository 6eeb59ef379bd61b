import { eventBridgeClient, sqsClient } from '../adapters/aws/clients.ts';
import { createEventBridgePublisher } from '../adapters/aws/event-bridge.ts';
import { createSqsSender } from '../adapters/aws/sqs-queue.ts';
import { createStripeCheckout } from '../adapters/stripe/checkout.ts';
import { createStripeGateway } from '../adapters/stripe/gateway.ts';
import { alarmExecutors } from '../core/alarm.ts';
import { EffectError } from '../core/errors.ts';
import type { EffectExecutor, Secrets } from '../core/ports.ts';
import { publishExecutors } from '../core/publication.ts';
import { fulfilmentExecutors } from '../flows/checkout/fulfilment.ts';
import { checkoutExecutors } from '../flows/checkout/payments.ts';
import { gatewayExecutors } from '../flows/payment/gateway.ts';
import type { Engine } from './engine.ts';
import type { EffectsEnvironment } from './environment.ts';

/**
 * All effects but text messages: requests to the payment provider, commands to the warehouse, alarms, and transitions that are told
 * to others.
 */
export function effectExecutors(
  engine: Engine,
  { GATEWAY_URL, WAREHOUSE_QUEUE, FACTS_BUS }: EffectsEnvironment,
): { [kind: string]: EffectExecutor } {
  const account = { apiKey: keyOf(engine.secret), url: GATEWAY_URL };
  const gateway = createStripeGateway(account);
  return {
    ...gatewayExecutors(gateway, engine.payment.settings, engine.table),
    ...checkoutExecutors(createStripeCheckout(account), gateway),
    ...fulfilmentExecutors(createSqsSender(sqsClient(), WAREHOUSE_QUEUE)),
    ...alarmExecutors(engine.observe),
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
