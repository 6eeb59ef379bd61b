import { snsClient } from '../adapters/aws/clients.ts';
import { createSnsSender } from '../adapters/aws/sns-sms.ts';
import { createRelay, type Relay } from '../core/relay.ts';
import { smsExecutor } from '../flows/mfa-login/sms.ts';
import type { Engine } from './engine.ts';

/** The relay of effects of the kind `sms`. Effects of other kinds it leaves alone. */
export function createSmsRelay(engine: Engine): Relay {
  const { table, clock, random, secret, observe, flows, deliverer, mfaLogin } = engine;
  const executors = { sms: smsExecutor(table, secret, createSnsSender(snsClient()), mfaLogin.settings) };
  return createRelay({ table, clock, random, observe, flows, executors, deliver: deliverer.deliver });
}
