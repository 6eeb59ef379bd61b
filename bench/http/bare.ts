/** The limit of HTTP: the same server library and router with nothing behind them, answering two constants. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { inputOf } from '../start/child.ts';

/** What the real server has answered to a password and to a code. */
export interface Constants {
  view: object;
  session: object;
}

const { view, session } = inputOf<Constants>();
const app = new Hono()
  .post('/logins', async (c) => {
    await c.req.json();
    return c.json(view, 201);
  })
  .post('/logins/:loginId/otp', async (c) => {
    await c.req.json();
    return c.json(session);
  });
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  process.stdout.write(`ready http://localhost:${port}\n`),
);
