import { EffectError } from '../../core/errors.ts';
import type { Clock, SmsSender, Table } from '../../core/ports.ts';
import type { JsonObject } from '../../core/types.ts';

export interface InboxMessage {
  to: string;
  body: string;
  /** ISO 8601 UTC. */
  sentAt: string;
  effectId: string;
}

export interface SmsInbox extends SmsSender {
  /** All messages, or those to one number; oldest first. */
  messages(to?: string): Promise<InboxMessage[]>;
}

/**
 * A phone network that ends in a table, for development. It survives a restart, as a phone would. It stores no text, since
 * that holds a code: `text` makes it again when somebody reads.
 */
export function createSmsInbox(
  table: Table,
  clock: Clock,
  randomId: () => string,
  text: (origin: JsonObject) => Promise<string>,
): SmsInbox {
  return {
    async send({ to, effectId, origin }) {
      const sentAt = new Date(clock.now()).toISOString();
      const key = { table: 'inbox', pk: 'sms', sk: `${sentAt}#${randomId()}` };
      const item = { to, sentAt, effectId, origin };
      // The note that it was delivered comes after it in the file, and carries it through a power cut.
      const outcome = await table.transact([{ op: 'put', key, item }], { durability: 'relaxed' });
      if (outcome !== 'committed') throw new EffectError('transient', outcome);
      return { receipt: 'inbox' };
    },

    async messages(to) {
      const items = (await table.query('inbox', 'sms', '')).map(({ item }) => item);
      const wanted = items.filter((item) => to === undefined || item['to'] === to);
      return Promise.all(
        wanted.map(async (item) => ({
          to: String(item['to']),
          body: await text(item['origin'] as JsonObject),
          sentAt: String(item['sentAt']),
          effectId: String(item['effectId']),
        })),
      );
    },
  };
}
