/** The engine with email confirmations on a real table, a clock that the test moves, and a mail service that it looks into. */
import { createAslResolver } from '../../../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, type TaskInput, toolsFor } from '../../../../core/action.ts';
import { createDeliverer } from '../../../../core/deliver.ts';
import { createReconciler } from '../../../../core/reconciler.ts';
import { createRelay } from '../../../../core/relay.ts';
import type { JsonObject, Step } from '../../../../core/types.ts';
import { TestClock } from '../../../../test/support/clock.ts';
import { temporaryTable } from '../../../../test/support/tables.ts';
import { emailConfirmation, emailConfirmationActions } from '../../flows/email-confirmation/index.ts';
import { emailConfirmationMail, type MailSender } from '../../flows/email-confirmation/mail.ts';
import { emailConfirmationSettingsSchema } from '../../flows/email-confirmation/settings.ts';
import { emailConfirmationOutbox } from '../../local/email-confirmation.ts';

export type Scene = ReturnType<typeof createScene>;

export function createScene(given?: MailSender) {
  const { table, close } = temporaryTable();
  const clock = new TestClock();
  const settings = emailConfirmationSettingsSchema.parse({});
  const flow = emailConfirmation(settings);
  const flows = { 'email-confirmation': flow };
  const secret = async (name: string) => `the secret ${name}`;
  const random = { id: () => crypto.randomUUID(), fraction: () => 0.5 };
  const observe = () => {};

  const actions = new Map(emailConfirmationActions(settings).map((action) => [action.name, action]));
  const failing = new Map<string, 'throws' | 'hangs'>();
  const outcomes = new Set<string>();
  async function invoke(name: string, input: TaskInput): Promise<Step> {
    const how = failing.get(name);
    if (how === 'hangs') return new Promise<never>(() => {});
    if (how === 'throws') throw new Error('action failed');
    const action = actions.get(name) as Action;
    const step = await performAction(action, input, toolsFor(action, table, secret));
    outcomes.add(String(step.outcome));
    return step;
  }

  const deliverer = createDeliverer({
    ...{ table, clock, random, observe },
    resolver: createAslResolver({ [flow.name]: flow.definition }, invoke, { retryPauseMs: 0 }),
    fingerprint: async (text) => Buffer.from(text).toString('hex').slice(-32).padStart(32, '0'),
  });
  const mails: { to: string; token: string; key: string }[] = [];
  const outbox = given ?? emailConfirmationOutbox(table);
  const sender: MailSender = {
    async send(mail) {
      const sent = await outbox.send(mail);
      mails.push({ to: mail.to, token: mail.link.replace(/.*#/, ''), key: mail.key });
      return sent;
    },
  };
  const executors = { 'email-confirmation.mail': emailConfirmationMail(table, secret, sender, settings) };
  const relay = createRelay({
    ...{ table, clock, random, observe, flows, executors },
    deliver: deliverer.deliver,
  });
  let events = 0;
  return {
    ...{ table, clock, secret, random, settings, flows, flow, outcomes, mails, deliverer, close },
    reconcile: createReconciler({ table, clock, observe, flows, relay, check: deliverer.check }),
    fail: (action: string, how: 'throws' | 'hangs') => void failing.set(action, how),
    tell: (type: string, payload: JsonObject = {}, id = `event-${++events}`) =>
      deliverer.deliver({ flow, flowId: 'one', event: { id, type, payload } }),
    record: () => deliverer.load(flow, 'one'),
    /** Hands all committed entries to the relay, as the change feed would. */
    async relayAll() {
      for (const { item } of await table.query('flows', `${flow.name}#one`, 'entry#'))
        await relay.handle(item);
    },
    /** The token of the newest mail. */
    async token(): Promise<string> {
      await this.relayAll();
      return mails.at(-1)?.token ?? '';
    },
  };
}
