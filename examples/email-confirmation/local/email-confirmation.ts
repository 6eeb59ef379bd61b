/** Mail of the embedded process, for development: it ends in a table, and is shown at `/dev/email-confirmations`. */
import type { Hono } from 'hono';
import { at } from '../../../api/request.ts';
import { EffectError } from '../../../core/errors.ts';
import type { Secrets, Table } from '../../../core/ports.ts';
import type { MailSender } from '../flows/email-confirmation/mail.ts';
import { type Origin, tokenOf } from '../flows/email-confirmation/token.ts';

const PARTITION = 'email-confirmation';

/** Keeps what it is handed but for the token, which must not be at rest. A mail that is sent again is kept once. */
export const emailConfirmationOutbox = (table: Table): MailSender => ({
  async send({ to, subject, link, origin, key, at: sentAt }) {
    const item = { to, subject, page: link.replace(/#.*/, ''), origin: { ...origin }, sentAt };
    const outcome = await table.transact([
      { op: 'put', key: { table: 'inbox', pk: PARTITION, sk: key }, item },
    ]);
    if (outcome !== 'committed') throw new EffectError('transient', outcome);
    return { receipt: 'outbox' };
  },
});

/** The mails that were sent, oldest first. */
export function emailConfirmationMails(
  app: Hono,
  { table, secret }: { table: Table; secret: Secrets },
): void {
  at(app, '/dev/email-confirmations', {
    GET: async (c) => {
      const stored = (await table.query('inbox', PARTITION, '')).map(({ item }) => item);
      const mails = stored.map(async ({ to, subject, page, origin, sentAt }) => ({
        ...{ to, subject, sentAt },
        link: `${page}#${await tokenOf(secret, origin as unknown as Origin)}`,
      }));
      const inOrder = (await Promise.all(mails)).sort((a, b) =>
        String(a.sentAt) < String(b.sentAt) ? -1 : 1,
      );
      return c.json({ mails: inOrder });
    },
  });
}
