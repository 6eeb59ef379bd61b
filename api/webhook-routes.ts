/** What the payment provider tells by itself. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { NoticeReader } from '../core/checkout-provider.ts';
import type { Deliverer } from '../core/delivery.ts';
import type { Flow } from '../core/flow.ts';
import type { Observer } from '../core/ports.ts';
import { sessionEvent } from '../flows/checkout/answers.ts';
import { settled } from './answer.ts';
import { Problem, respond } from './problem.ts';
import { at, unstored } from './request.ts';

export interface WebhookPorts {
  deliverer: Pick<Deliverer, 'deliver'>;
  checkout: { flow: Flow };
  readNotice: NoticeReader;
  observe: Observer;
}

/** Events of the provider may be larger than requests of customers. */
const MAX_BYTES = 256 * 1024;

/**
 * A 2xx ends it for the provider, everything else makes it come again, for days. So whatever never can be taken is acknowledged: what
 * says nothing of an order, is of an order that does not exist (any more), or comes too late for it.
 */
export function webhookRoutes(app: Hono, ports: WebhookPorts): void {
  const { deliverer, readNotice, observe } = ports;
  const { flow } = ports.checkout;

  at(app, '/webhooks/stripe', {
    POST: async (c) => {
      const notice = await readNotice(await c.req.text(), c.req.header('stripe-signature') ?? '');
      if (notice === 'forged') {
        observe({ type: 'forged', source: 'stripe' });
        throw new Problem('bad-signature', { detail: 'Nothing was changed.' });
      }
      if (notice === 'ignored') return c.json({ received: true });
      const { id, checkoutId: flowId, session, state } = notice;
      const told = sessionEvent(session, state);
      if (told) {
        const answer = await deliverer.deliver({ flow, flowId, event: { id, ...told } });
        // Money for an order that is not there (any more): a person must look.
        if (answer.status === 'not-found' && state.status === 'paid')
          observe({ type: 'alarm', flow: flow.name, flowId, reason: 'PaidWithoutOrder' });
        if (answer.status !== 'not-found' && answer.status !== 'key-reused') settled(answer);
      }
      return c.json({ received: true });
    },
  });
}

/** The same on their own, for a runtime that gives them a function of their own. */
export function createWebhookApi(ports: WebhookPorts): Hono {
  const app = new Hono();
  app.onError((error, c) => respond(c, error, ports.observe));
  app.notFound((c) =>
    respond(c, new Problem('not-found', { detail: 'There is no such address.' }), ports.observe),
  );
  webhookRoutes(app.use(unstored).use(webhookLimit), ports);
  return app;
}

export const webhookLimit = bodyLimit({
  maxSize: MAX_BYTES,
  onError: () => {
    throw new Problem('too-large', { detail: `The body may have ${MAX_BYTES} bytes at the most.` });
  },
});
