import { EffectError } from '../../core/errors.ts';
import { recordKey } from '../../core/flow.ts';
import { recordOf } from '../../core/persistence.ts';
import type { EffectExecutor, Secrets, SmsSender, Table } from '../../core/ports.ts';
import { challenged } from './data.ts';
import { deriveCode, smsBody } from './otp.ts';
import type { Settings } from './settings.ts';

/** Later states know more: all that an SMS needs is the challenge. */
const challenge = challenged.loose();

/** Performs the effect `sms`: derives the code from the record and hands the message to a phone network. */
export function smsExecutor(
  table: Table,
  secret: Secrets,
  sender: SmsSender,
  settings: Settings,
): EffectExecutor {
  return {
    async perform(effect, { flow, flowId, signal }) {
      const key = recordKey(flow, flowId);
      // Whatever asks for an SMS knows its challenge, and that never changes: any record from then on will do.
      const early = await table.read(key, { consistency: 'eventual' });
      const item = Number(early?.['version'] ?? 0) < versionOf(effect.id) ? await table.read(key) : early;
      const data = challenge.safeParse(item && recordOf(item).data);
      if (!data.success) throw new EffectError('permanent', 'no-challenge');
      const { phone: to, codeCounter } = data.data;
      const origin = { loginId: flowId, codeCounter };
      const body = await smsText(secret, settings, origin);
      const { receipt } = await sender.send({ to, body, effectId: effect.id, origin, signal });
      return { done: true, receipt };
    },
    failure: ({ id }, { message: reason }) => ({
      type: 'SmsFailed',
      payload: { version: versionOf(id), reason },
    }),
  };
}

/** The text of a login's SMS, from what it takes to derive its code. */
export async function smsText(
  secret: Secrets,
  { codeSeconds }: Settings,
  origin: { loginId: string; codeCounter: number },
): Promise<string> {
  return smsBody(deriveCode(await secret('otp'), origin.loginId, origin.codeCounter), codeSeconds);
}

/** An effect's id is `<flowId>/<version>/<n>`. */
const versionOf = (effectId: string): number => Number(effectId.split('/').at(-2));
