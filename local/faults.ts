import { z } from 'zod';
import { EffectError } from '../core/errors.ts';
import type { QueueSender, Secrets, SmsSender } from '../core/ports.ts';

/** How a part of the outside world fails, on demand. */
export const faultKinds = ['none', 'transient', 'permanent', 'ambiguous'] as const;

export type FaultKind = (typeof faultKinds)[number];

const kind = z.enum(faultKinds);

export const faultsSchema = z.strictObject({
  sms: kind.optional(),
  signing: kind.optional(),
  gateway: kind.optional(),
  warehouse: kind.optional(),
});

export type Faults = z.infer<typeof faultsSchema>;

/** A phone network that fails as `faults` says at that moment. Ambiguous: the message went, and nobody knows. */
export function faultySms(sender: SmsSender, faults: Faults): SmsSender {
  return {
    async send(message) {
      const { sms = 'none' } = faults;
      if (sms === 'none') return sender.send(message);
      if (sms === 'ambiguous') await sender.send(message);
      throw new EffectError(sms, `fault-${sms}`);
    },
  };
}

/** The queue to the warehouse, which fails as `faults` says at that moment. Ambiguous: the command went, and nobody knows. */
export function faultyQueue(sender: QueueSender, faults: Faults): QueueSender {
  return {
    async send(message) {
      const { warehouse = 'none' } = faults;
      if (warehouse === 'none') return sender.send(message);
      if (warehouse === 'ambiguous') await sender.send(message);
      throw new EffectError(warehouse, `fault-${warehouse}`);
    },
  };
}

/** Secrets for actions, without the signing key while signing is to fail. */
export function faultySigning(secret: Secrets, faults: Faults): Secrets {
  return (name) => {
    const { signing = 'none' } = faults;
    if (name === 'signing' && signing !== 'none') return Promise.reject(new Error(`fault-${signing}`));
    return secret(name);
  };
}
