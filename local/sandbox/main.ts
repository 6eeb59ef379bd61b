/** The sandbox gateway as a process of its own, started by `start.ts`. It ends when whoever started it ends, however that is. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { createStripeSandbox, sandboxFaults } from './gateway.ts';
import { type Controls, createSandboxServer } from './server.ts';
import { fileStore } from './store.ts';

/** What `start.ts` hands over, as the one argument. */
const order = z.strictObject({
  dataDir: z.string(),
  /** 0 for any. */
  port: z.int().min(0).max(65_535),
  offsetMs: z.number(),
  delayMs: z.number().min(0),
  fault: z.enum(sandboxFaults),
});

function main(): void {
  process.umask(0o077);
  const { dataDir, port, offsetMs, delayMs, fault } = order.parse(JSON.parse(process.argv[2] ?? '{}'));
  const controls: Controls = { offsetMs, delayMs, fault, times: Number.POSITIVE_INFINITY };
  const store = fileStore(join(dataDir, 'gateway.db'));
  const sandbox = createStripeSandbox({ store, now: () => Date.now() + controls.offsetMs });
  const server = createSandboxServer(sandbox, controls);

  process.on('disconnect', () => process.exit(0));
  // A stop of the whole group is for whoever started this: it goes on until it is told.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  server.once('error', end);
  server.listen(port, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
}

/** The last line is for a person. */
function end(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
}

try {
  main();
} catch (error) {
  end(error);
}
