import { z } from 'zod';
import { EffectError } from '../core/errors.ts';
import type { Secrets, SmsSender } from '../core/ports.ts';

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

/** Secrets for actions, without the signing key while signing is to fail. */
export function faultySigning(secret: Secrets, faults: Faults): Secrets {
  return (name) => {
    const { signing = 'none' } = faults;
    if (name === 'signing' && signing !== 'none') return Promise.reject(new Error(`fault-${signing}`));
    return secret(name);
  };
}
