/** The sandbox gateway behind a server of the tests, which fails for one payment and not for its neighbours. */
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createStripeSandbox, type Sandbox, type SandboxFault } from '../../../local/sandbox/gateway.ts';
import { fileStore, memoryStore } from '../../../local/sandbox/store.ts';
import { gatewayFolder } from '../emulator/paths.ts';

export interface Gateway {
  url: string;
  /** How it fails for this payment or order from now on, for so many requests that change something. */
  fails(id: string, kind: SandboxFault, times: number): void;
  /** What customers do on its pages, and what it has to tell of that: the tests are its webhooks. */
  pages: Pick<Sandbox, 'act' | 'untold' | 'told'>;
  /** Its clock is so many ms ahead of the machine's. */
  setClock(offsetMs: number): void;
  /** What it has moved for a payment: `captured 1290`. */
  moved(paymentId: string): string[];
  close(): Promise<void>;
}

/**
 * The one that the deployed functions have been told of. What it holds outlives a suite.
 *
 * @throws Error where nobody has told them of one.
 */
export function deployedGateway(): Promise<Gateway> {
  const port = Number(process.env['GATEWAY_PORT']);
  if (!port) throw new Error('The functions know no gateway. These tests are run by: npm run test:aws');
  mkdirSync(gatewayFolder, { recursive: true });
  return open(fileStore(join(gatewayFolder, 'gateway.db')), port);
}

/** One for itself, empty. */
export const ownGateway = (): Promise<Gateway> => open(memoryStore(), 0);

async function open(store: ReturnType<typeof memoryStore>, port: number): Promise<Gateway> {
  let offsetMs = 0;
  const faults: { id: string; kind: SandboxFault; left: number }[] = [];
  const sandbox = createStripeSandbox({ store, now: () => Date.now() + offsetMs });

  /** Every request that changes something has the id of its effect as its key, which begins with the payment's. */
  function faultOf(key: string): SandboxFault {
    const fault = faults.findLast(({ id }) => key.startsWith(`${id}/`));
    return fault && fault.left-- > 0 ? fault.kind : 'none';
  }

  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const origin = `http://${headers.host}`;
    const asked = { method, path, headers, origin, body: await textOf(request) };
    const answer = sandbox.handle(asked, faultOf(String(headers['idempotency-key'] ?? '')));
    if (answer === 'cut') request.socket.destroy();
    else if (answer !== 'silent') response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fails: (id, kind, times) => void faults.push({ id, kind, left: times }),
    pages: sandbox,
    setClock(ms) {
      offsetMs = ms;
    },
    moved: (id) =>
      sandbox
        .ledger()
        .filter(({ paymentId }) => paymentId === id)
        .map(({ kind, value }) => `${kind} ${value}`),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      store.close();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
