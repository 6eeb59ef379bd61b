import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
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

export interface ServerTimes {
  /** How long a stop waits for requests that have not arrived whole: a silent client must not hold it up. */
  graceMs: number;
  /** How long it waits for those that are being worked on. Longer than any of them takes. */
  workMs: number;
}

const times: ServerTimes = { graceMs: 5_000, workMs: 60_000 };

/** A request that is no HTTP, down to its Host header, is refused in the words of all other errors. */
function malformed(): Response {
  const detail = 'The request cannot be read. Look at its address and its Host header.';
  const body = {
    type: 'urn:detent:problem:invalid-request',
    title: 'Bad request',
    status: 400,
    detail,
    errors: [],
  };
  return Response.json(body, { status: 400, headers: { 'content-type': 'application/problem+json' } });
}

/** Resolves when requests are accepted. Rejects where the port is taken or not allowed. */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  port: number,
  host: string,
  { graceMs, workMs }: ServerTimes = times,
): Promise<Listening> {
  const answer = getRequestListener(app.fetch, { errorHandler: malformed });
  const sockets = new Set<Socket>();
  const open = new Map<ServerResponse, IncomingMessage>();
  const server = createServer((request, response) => {
    open.set(response, request);
    response.once('close', () => open.delete(response));
    response.shouldKeepAlive &&= server.listening;
    return answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();

  /** Ends every connection on which nothing is being worked on. */
  function hangUp(): void {
    const working = [...open.values()].filter(({ complete }) => complete).map(({ socket }) => socket);
    for (const socket of sockets) if (!working.includes(socket)) socket.destroy();
  }

  return {
    port: typeof address === 'object' && address ? address.port : port,
    drain: () =>
      new Promise((resolve) => {
        const timers = [
          setTimeout(hangUp, graceMs),
          setTimeout(() => server.closeAllConnections(), Math.max(graceMs, workMs)),
        ];
        server.close(() => {
          for (const timer of timers) clearTimeout(timer);
          resolve();
        });
        // Whoever keeps a connection alive would otherwise keep the server alive with the next request.
        for (const response of open.keys()) response.shouldKeepAlive = false;
      }),
  };
}
