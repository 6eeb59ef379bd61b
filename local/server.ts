import { createServer, type IncomingMessage, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Context, Hono } from 'hono';

/** The address of the peer. Headers that claim another one are not believed. */
export const peerOf = (c: Context): string =>
  (c.env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress ?? 'unknown';

/** Resolves when requests are accepted. Rejects where the port is taken or not allowed. */
export function listen(app: Hono, port: number, host: string): Promise<Server> {
  const server = createServer(getRequestListener(app.fetch));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** Accepts nothing new, and resolves when every request under way has been answered. */
export function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
