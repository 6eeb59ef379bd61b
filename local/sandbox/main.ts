/** The sandbox gateway as a process of its own, started by `start.ts`. It ends when whoever started it ends, however that is. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { createStripeSandbox, sandboxFaults } from './gateway.ts';
import { type Controls, createSandboxServer } from './server.ts';
import { fileStore, type Store } from './store.ts';
import { createWebhookSender, webhookModes } from './webhooks.ts';

/** What `start.ts` hands over, as the first message: a secret is in it, which an argument would show to everybody. */
const order = z.strictObject({
  dataDir: z.string(),
  /** 0 for that of the last time, or any. */
  port: z.int().min(0).max(65_535),
  offsetMs: z.number(),
  delayMs: z.number().min(0),
  fault: z.enum(sandboxFaults),
  webhooks: z.strictObject({ url: z.string(), secret: z.string() }).optional(),
  webhookMode: z.enum(webhookModes),
});

/** How often it looks for what is to be told. */
const TELL_EVERY_MS = 100;

function main(text: unknown): void {
  process.umask(0o077);
  const { dataDir, port, webhooks, ...begin } = order.parse(text);
  const controls: Controls = { ...begin, ...(webhooks && { webhooks }), times: Number.POSITIVE_INFINITY };
  const store = fileStore(join(dataDir, 'gateway.db'));
  const sandbox = createStripeSandbox({ store, now: () => Date.now() + controls.offsetMs });
  const server = createSandboxServer(sandbox, controls);
  const tell = createWebhookSender({
    untold: sandbox.untold,
    told: sandbox.told,
    target: () => controls.webhooks,
    mode: () => controls.webhookMode,
  });

  process.on('disconnect', () => process.exit(0));
  // A stop of the whole group is for whoever started this: it goes on until it is told.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  listen(server, store, port);
  server.once('listening', () => {
    setInterval(() => void tell(Date.now()).catch(end), TELL_EVERY_MS);
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
}

/** On the port of the last time, where that is free: the addresses of pages that customers have lead there. */
function listen(server: Server, store: Store, port: number): void {
  const last = port === 0 ? (store.get<{ port: number }>('port')?.port ?? 0) : 0;
  const open = (wanted: number) => server.listen(wanted, '127.0.0.1');
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (last === 0 || error.code !== 'EADDRINUSE') return end(error);
    server.once('error', end);
    open(0);
  });
  server.once('listening', () => store.put('port', { port: (server.address() as AddressInfo).port }));
  open(port === 0 ? last : port);
}

/** The last line is for a person. */
function end(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
}

process.once('message', (text) => {
  try {
    main(text);
  } catch (error) {
    end(error);
  }
});
