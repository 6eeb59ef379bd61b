/** The sandbox gateway behind HTTP, with its controls: only for this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { type Sandbox, type SandboxFault, sandboxFaults } from './gateway.ts';

export interface Controls {
  /** By so many ms its clock is ahead of the machine's. */
  offsetMs: number;
  fault: SandboxFault;
  /** For so many requests that change something; then none. */
  times: number;
  delayMs: number;
}

const MAX_BODY = 64 * 1024;

const clock = z.strictObject({ offsetMs: z.number() });
const fault = z.strictObject({ kind: z.enum(sandboxFaults), times: z.int().min(1).optional() });

/** The server, not yet listening. It changes `controls` as it is told to, and reads them at each request. */
export function createSandboxServer(sandbox: Sandbox, controls: Controls): Server {
  /** The keys of requests that are under way: a second one under the same key is refused (Stripe, 409). */
  const underWay = new Set<string>();

  function faultOf({ method }: IncomingMessage): SandboxFault {
    if (method !== 'POST' || controls.times < 1) return 'none';
    controls.times--;
    return controls.fault;
  }

  async function pay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const key = String(request.headers['idempotency-key'] ?? '');
    if (key !== '' && underWay.has(key)) return send(response, 409, inUse);
    if (key !== '') underWay.add(key);
    try {
      if (controls.delayMs > 0) await wait(controls.delayMs);
      const { method = 'GET', url: path = '/', headers } = request;
      const answer = sandbox.handle({ method, path, headers, body }, faultOf(request));
      if (answer === 'cut') request.socket.destroy();
      else if (answer !== 'silent') response.writeHead(answer.status, answer.headers).end(answer.body);
    } finally {
      underWay.delete(key);
    }
  }

  async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${request.url}`;
    if (asked === 'GET /_control/ledger') return send(response, 200, { lines: sandbox.ledger() });
    if (asked === 'GET /_control/health') return send(response, 200, { ok: true });
    const given = JSON.parse((await textOf(request)) || '{}');
    if (asked === 'POST /_control/clock') controls.offsetMs = clock.parse(given).offsetMs;
    else if (asked === 'POST /_control/faults') {
      const { kind, times = Number.POSITIVE_INFINITY } = fault.parse(given);
      Object.assign(controls, { fault: kind, times });
    } else return send(response, 404, { error: `There is no ${asked}.` });
    return send(response, 200, { ok: true });
  }

  return createServer((request, response) => {
    const handle = request.url?.startsWith('/_control/') ? control : pay;
    handle(request, response).catch((error: unknown) =>
      send(response, 400, { error: { type: 'invalid_request_error', message: String(error) } }),
    );
  });
}

const inUse = {
  error: {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'Another request is under way with this key.',
  },
};

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @throws Error for more than any request of ours needs. */
async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BODY) throw new Error(`A body may have ${MAX_BODY} bytes at the most.`);
  }
  return text;
}
