import { snsClient } from '../adapters/aws/clients.ts';
import { createSnsSender } from '../adapters/aws/sns-sms.ts';
import type { EffectExecutor } from '../core/ports.ts';
import { smsExecutor } from '../flows/mfa-login/sms.ts';
import type { Engine } from './engine.ts';

/** Text messages, over SNS. */
export const smsExecutors = ({ table, secret, mfaLogin }: Engine): { [kind: string]: EffectExecutor } => ({
  sms: smsExecutor(table, secret, createSnsSender(snsClient()), mfaLogin.settings),
});
