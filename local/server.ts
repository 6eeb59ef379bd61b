import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { nameOf } from '../core/errors.ts';

/** The address of the peer. Headers that claim another one are not believed. */
export const peerOf = (c: Context): string =>
  (c.env as { incoming?: IncomingMessage }).incoming?.socket.remoteAddress ?? 'unknown';

/**
 * Ends the connection of a request when its answer has ended, or `ms` have passed: for answers that go on for as long as the other
 * side wants.
 */
export function cutOff(c: Context, ms: number): void {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  const socket = outgoing?.socket;
  if (!socket) return;
  if (ms === 0) return void socket.destroy();
  outgoing.once('finish', () => socket.destroySoon());
  setTimeout(() => socket.destroy(), ms).unref();
}

export interface Listening {
  port: number;
  /** Aborts when `drain` begins: answers that would go on for ever end then. */
  stopping: AbortSignal;
  /**
   * Answers what has been sent until now, accepts nothing more, and resolves when every request under way has been
   * answered, or its time is up.
   */
  drain(): Promise<void>;
}

export interface ServerTimes {
  /** How long a stop waits for requests that have not arrived whole: a silent client must not hold it up. */
  graceMs: number;
  /** How long it waits for those that are being worked on. Longer than any of them takes. */
  workMs: number;
}

const times: ServerTimes = { graceMs: 5_000, workMs: 60_000 };

/** How many connections may wait for the server to take them (Node's own default). */
const BACKLOG = 511;

/** What was refused before any route saw it, in the words of all other errors. */
const refusals = {
  400: ['invalid-request', 'The request cannot be read. Look at its address and its headers.'],
  431: ['too-large', 'The headers may have 16 KiB at the most.'],
  500: ['internal-error', 'Something went wrong on our side. You may try again.'],
} as const;

function refusal(status: keyof typeof refusals): { body: string; type: string } {
  const [name, detail] = refusals[status];
  const errors = status === 400 ? { errors: [{ path: '', message: detail }] } : {};
  const title = STATUS_CODES[status];
  const body = JSON.stringify({ type: `urn:detent:problem:${name}`, title, status, detail, ...errors });
  return { body, type: 'application/problem+json' };
}

/** For what cannot be made a request of: a Host header that is no host. Routes answer their errors themselves. */
function unroutable(error: unknown): Response {
  const status = nameOf(error) === 'RequestError' ? 400 : 500;
  const { body, type } = refusal(status);
  return new Response(body, { status, headers: { 'content-type': type } });
}

/** For what Node cannot read: no HTTP, or headers beyond its limit. */
function unreadable(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const { body, type } = refusal(status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Resolves when requests are accepted. Rejects where the port is taken or not allowed. */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  port: number,
  host: string,
  { graceMs, workMs }: ServerTimes = times,
): Promise<Listening> {
  const answer = getRequestListener(app.fetch, { errorHandler: unroutable });
  const sockets = new Set<Socket>();
  let taken = 0;
  const stopping = new AbortController();
  const open = new Map<ServerResponse, IncomingMessage>();
  const server = createServer((request, response) => {
    open.set(response, request);
    response.once('close', () => open.delete(response));
    response.shouldKeepAlive &&= !stopping.signal.aborted;
    return answer(request, response);
  });
  server.on('clientError', unreadable);
  server.on('connection', (socket) => {
    taken++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, BACKLOG, resolve);
  });
  const address = server.address();

  /** Takes all connections that wait; closing would reset them. Each turn of the event loop takes one. */
  async function takeWaiting(): Promise<void> {
    for (let turn = 0, before = -1; turn < BACKLOG && taken !== before; turn++) {
      before = taken;
      // The first of the two ends the turn in which we are.
      await nextTurn();
      await nextTurn();
    }
  }

  /** Ends every connection on which nothing is being worked on. */
  function hangUp(): void {
    const working = [...open.values()].filter(({ complete }) => complete).map(({ socket }) => socket);
    for (const socket of sockets) if (!working.includes(socket)) socket.destroy();
  }

  return {
    port: typeof address === 'object' && address ? address.port : port,
    stopping: stopping.signal,
    async drain() {
      stopping.abort();
      // Whoever keeps a connection alive would otherwise keep the server alive with the next request.
      for (const response of open.keys()) response.shouldKeepAlive = false;
      await takeWaiting();
      const timers = [
        setTimeout(hangUp, graceMs),
        setTimeout(() => server.closeAllConnections(), Math.max(graceMs, workMs)),
      ];
      await new Promise((resolve) => server.close(resolve));
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
