/** The HTTP routes, for either runtime. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Deliverer } from '../core/deliver.ts';
import type { Flow } from '../core/flow.ts';
import type { Clock, Observer, Randomness, Secrets } from '../core/ports.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';
import { loginRoutes } from './login-routes.ts';
import { Problem, respond } from './problem.ts';
import { MAX_BODY_BYTES, tooLarge } from './request.ts';
import { sessionRoutes } from './session-routes.ts';

export interface ApiPorts {
  deliverer: Deliverer;
  clock: Clock;
  random: Randomness;
  secret: Secrets;
  observe: Observer;
  /** The address that a request came from. */
  sourceOf(c: Context): string;
  mfaLogin: { flow: Flow; settings: Settings };
}

/** @param more routes of one runtime only. */
export function createApi(ports: ApiPorts, more: (app: Hono) => void = () => {}): Hono {
  const app = new Hono();
  app.onError((error, c) => respond(c, error, ports.observe));
  app.notFound((c) =>
    respond(c, new Problem('not-found', { detail: 'There is no such address.' }), ports.observe),
  );
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw tooLarge();
      },
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  loginRoutes(app, ports);
  sessionRoutes(app, ports);
  more(app);
  return app;
}
