/** The sandbox gateway behind HTTP, with its controls: only for this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { broken } from './answers.ts';
import { type Sandbox, type SandboxAnswer, type SandboxFault, sandboxFaults } from './gateway.ts';
import { noSuchPage, pageHeaders, payPage } from './pay-page.ts';
import { deeds } from './sessions.ts';
import { type WebhookMode, type WebhookTarget, webhookModes } from './webhooks.ts';

export interface Controls {
  /** By so many ms its clock is ahead of the machine's. */
  offsetMs: number;
  fault: SandboxFault;
  /** For so many requests that change something; then none. */
  times: number;
  /** How long each answer takes, in ms of real time. */
  delayMs: number;
  /** Where webhooks go; undefined: nobody listens. */
  webhooks?: WebhookTarget;
  webhookMode: WebhookMode;
}

const MAX_BODY = 64 * 1024;
const PAGES = '/pay/';

const clock = z.strictObject({ offsetMs: z.number() });
const delay = z.strictObject({ delayMs: z.number().min(0) });
const webhooks = z.strictObject({
  url: z.url().optional(),
  secret: z.string().optional(),
  mode: z.enum(webhookModes).optional(),
});
const fault = z.strictObject({ kind: z.enum(sandboxFaults), times: z.int().min(1).optional() });

/**
 * The server, not yet listening. It changes `controls` as it is told to, and reads them at each request.
 *
 * `/v1/…` is Stripe's API, `/pay/…` the hosted pages. `/_control/…` is for whoever started it: GET `ledger` → `{ lines }`, GET
 * `health`, POST `clock` `{ offsetMs }`, POST `delay` `{ delayMs }`, POST `faults` `{ kind, times? }`, POST `webhooks`
 * `{ url?, secret?, mode? }`; 400 for what it cannot read.
 */
export function createSandboxServer(sandbox: Sandbox, controls: Controls): Server {
  /** The keys of requests that are under way: a second one under the same key is refused (Stripe, 409). */
  const underWay = new Set<string>();

  function takeFault({ method }: IncomingMessage): SandboxFault {
    if (method !== 'POST' || controls.times < 1) return 'none';
    controls.times--;
    return controls.fault;
  }

  async function pay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request;
    const origin = `http://${headers.host ?? 'localhost'}`;
    const asked = { method, path, headers, origin, body: await textOf(request) };
    const key = method === 'POST' ? String(headers['idempotency-key'] ?? '') : '';
    if (underWay.has(key)) return give(response, sandbox.conflict(asked));
    if (key !== '') underWay.add(key);
    try {
      if (controls.delayMs > 0) await wait(controls.delayMs);
      const answer = sandbox.handle(asked, takeFault(request));
      if (answer === 'cut') request.socket.destroy();
      else if (answer !== 'silent') give(response, answer);
    } finally {
      underWay.delete(key);
    }
  }

  async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page in a browser says where it is from. It has no business here.
    if (request.headers.origin !== undefined) return send(response, 403, { error: 'Not for browsers.' });
    const asked = `${request.method} ${request.url}`;
    if (asked === 'GET /_control/ledger') return send(response, 200, { lines: sandbox.ledger() });
    if (asked === 'GET /_control/health') return send(response, 200, { ok: true });
    const order = orders[asked];
    if (!order) return send(response, 404, { error: `There is no ${asked}.` });
    const change = order(await textOf(request));
    if (typeof change === 'string') return send(response, 400, { error: change });
    Object.assign(controls, change);
    return send(response, 200, { ok: true });
  }

  /** GET shows the page; POST does what a button says, and leads on. */
  async function hosted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const id = pathname.slice(PAGES.length);
    const session = sandbox.session(id);
    const form = new URLSearchParams(request.method === 'POST' ? await textOf(request) : '');
    const headers = pageHeaders(session ?? {});
    if (!session) return void response.writeHead(404, headers).end(noSuchPage());
    const leadTo = (location: string) => void response.writeHead(303, { ...headers, location }).end();
    const wanted = form.get('do') ?? '';
    if (wanted === 'close') return leadTo(session.cancel_url ?? session.success_url);
    const deed = deeds.find((one) => one === wanted);
    if (!deed) {
      const page = payPage(session, searchParams.has('declined'));
      return void response.writeHead(200, headers).end(page);
    }
    const after = sandbox.act(id, deed, form.get('card') ?? undefined);
    leadTo(after?.status === 'complete' ? after.success_url : `${pathname}?declined`);
  }

  return createServer((request, response) => {
    const { url = '' } = request;
    const handle = url.startsWith('/_control/') ? control : url.startsWith(PAGES) ? hosted : pay;
    handle(request, response).catch((error: unknown) => {
      if (error instanceof TooLarge) return send(response, 413, tooLarge);
      // Nothing was done: what is done is one transaction.
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      send(response, broken.status, broken.body);
    });
  });
}

/** What a control changes, or what is wrong with it. */
const orders: { [asked: string]: (text: string) => Partial<Controls> | string } = {
  'POST /_control/clock': (text) => {
    const read = clock.safeParse(jsonOf(text));
    return read.success ? read.data : 'It takes { offsetMs }: a number of ms.';
  },
  'POST /_control/delay': (text) => {
    const read = delay.safeParse(jsonOf(text));
    return read.success ? read.data : 'It takes { delayMs }: a number of ms.';
  },
  'POST /_control/webhooks': (text) => {
    const read = webhooks.safeParse(jsonOf(text));
    if (!read.success) return `It takes { url?, secret?, mode? }: one of ${webhookModes.join(', ')}.`;
    const { url, secret, mode } = read.data;
    return {
      ...(url !== undefined && secret !== undefined && { webhooks: { url, secret } }),
      ...(mode && { webhookMode: mode }),
    };
  },
  'POST /_control/faults': (text) => {
    const read = fault.safeParse(jsonOf(text));
    if (!read.success) return `It takes { kind, times? }: one of ${sandboxFaults.join(', ')}.`;
    return { fault: read.data.kind, times: read.data.times ?? Number.POSITIVE_INFINITY };
  },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

class TooLarge extends Error {}

const tooLarge = {
  error: { type: 'invalid_request_error', message: `A body may have ${MAX_BODY} bytes at the most.` },
};

function give(response: ServerResponse, { status, headers, body }: SandboxAnswer): void {
  response.writeHead(status, headers).end(body);
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @throws TooLarge for more than any request of ours needs. */
async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    // The rest is read all the same, so that the answer finds its way.
    if (bytes <= MAX_BODY) chunks.push(chunk as Buffer);
  }
  if (bytes > MAX_BODY) throw new TooLarge();
  return Buffer.concat(chunks).toString('utf8');
}
