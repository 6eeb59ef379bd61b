/** The HTTP routes, for either runtime. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { checkoutRoutes } from './checkout-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { paymentRoutes } from './payment-routes.ts';
import type { ApiPorts } from './ports.ts';
import { Problem, respond } from './problem.ts';
import { dated, MAX_BODY_BYTES, tooLarge, unstored } from './request.ts';
import { sessionRoutes } from './session-routes.ts';
import { webhookLimit } from './webhook-routes.ts';

const requestLimit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw tooLarge();
  },
});

/** @param more routes of one runtime only. */
export function createApi(ports: ApiPorts, more: (app: Hono) => void = () => {}): Hono {
  const app = new Hono();
  app.onError((error, c) => respond(c, error, ports.observe));
  app.notFound((c) =>
    respond(c, new Problem('not-found', { detail: 'There is no such address.' }), ports.observe),
  );
  // First, so that it holds for what the limit refuses too.
  app.use(unstored);
  app.use(dated(ports.clock));
  // The provider's are larger, and have a limit of their own.
  app.use((c, next) => (c.req.path.startsWith('/webhooks/') ? webhookLimit : requestLimit)(c, next));
  loginRoutes(app, ports);
  sessionRoutes(app, ports);
  paymentRoutes(app, ports);
  checkoutRoutes(app, ports);
  more(app);
  return app;
}
