import { recordKey } from '../../../../core/flow.ts';
import { recordOf } from '../../../../core/persistence.ts';
import type { EffectExecutor, Secrets, Table } from '../../../../core/ports.ts';
import { waiting } from './data.ts';
import type { EmailConfirmationSettings } from './settings.ts';
import { type Origin, tokenOf } from './token.ts';

export interface Mail {
  to: string;
  subject: string;
  /** What the person follows; the token is behind the `#`, which browsers send to no server. */
  link: string;
}

interface Envelope {
  key: string;
  at: string;
  origin: Origin;
  signal: AbortSignal;
}

/** Hands a mail to whoever delivers mail. */
export interface MailSender {
  /**
   * @param mail `key` is its idempotency key, `at` the time now; `origin` is what the token can be derived from again, for an
   * outbox that must not store it. Throws `EffectError`: `permanent` where the address is refused.
   */
  send(mail: Mail & Envelope): Promise<{ receipt: string }>;
}

/** Performs the effect `email-confirmation.mail`: derives the token from the record and hands the mail to the sender. */
export const emailConfirmationMail = (
  table: Table,
  secret: Secrets,
  sender: MailSender,
  { linkBase }: EmailConfirmationSettings,
): EffectExecutor => ({
  async perform(_effect, { flow, flowId, key, now: at, signal }) {
    const item = await table.read(recordKey(flow, flowId));
    const data = waiting.safeParse(item && recordOf(item).data);
    // Confirmed meanwhile, by an earlier mail.
    if (!data.success) return { done: true, receipt: 'not-needed' };
    const { email: to, counter } = data.data;
    const origin = { flowId, counter };
    const link = `${linkBase}/email-confirmations/${flowId}/confirm#${await tokenOf(secret, origin)}`;
    const { receipt } = await sender.send({
      ...{ to, subject: 'Please confirm your address', link },
      ...{ key, at, origin, signal },
    });
    return { done: true, receipt };
  },
  failure: (_effect, { failure, message: reason }) => ({
    type: failure === 'permanent' ? 'MailRefused' : 'MailFailed',
    payload: { reason },
  }),
});
