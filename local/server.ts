import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Context, Hono } from 'hono';

/** The address of the peer. Headers that claim another one are not believed. */
export const peerOf = (c: Context): string =>
  (c.env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress ?? 'unknown';

export interface Listening {
  port: number;
  /** Accepts nothing new, and resolves when every request under way has been answered, or its time is up. */
  drain(): Promise<void>;
}

/** How long a stop waits for the requests under way; a client that keeps silent must not hold it up for ever. */
const GRACE_MS = 5_000;

/** Resolves when requests are accepted. Rejects where the port is taken or not allowed. */
export async function listen(app: Hono, port: number, host: string, graceMs = GRACE_MS): Promise<Listening> {
  const answer = getRequestListener(app.fetch);
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.shouldKeepAlive &&= server.listening;
    return answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    drain: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        // Whoever keeps a connection alive would otherwise keep the server alive with the next request.
        for (const response of open) response.shouldKeepAlive = false;
      }),
  };
}
