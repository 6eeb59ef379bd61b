import type { Deliverer } from '../core/delivery.ts';
import { logger } from './logger.ts';

/** For invocations that are one request about one instance at most: whatever they log from a delivery on is of that instance. */
export const correlated = (deliverer: Deliverer): Deliverer => ({
  ...deliverer,
  deliver(delivery) {
    logger.setCorrelationId(delivery.flowId);
    return deliverer.deliver(delivery);
  },
});
