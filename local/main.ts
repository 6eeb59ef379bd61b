/** `npm start`: the embedded runtime behind HTTP, in one process. */
import { resolve } from 'node:path';
import { Hono } from 'hono';
import { createWebhookReader } from '../adapters/stripe/webhook.ts';
import { systemRandomness } from '../adapters/system.ts';
import { createApi } from '../api/app.ts';
import { pageRoutes } from '../api/pages.ts';
import { Problem, respond } from '../api/problem.ts';
import { webhookRoutes } from '../api/webhook-routes.ts';
import { loggable } from '../core/errors.ts';
import { settingsFrom } from '../flows/mfa-login/settings.ts';
import { removeAddress, writeAddress } from './address.ts';
import { devRoutes } from './dev-routes.ts';
import { inspectorRoutes } from './inspector/routes.ts';
import { logSignal } from './log.ts';
import { embeddedPages, PAGES } from './pages.ts';
import { openRuntime } from './runtime.ts';
import { listen, peerOf } from './server.ts';
import { processSettings } from './settings.ts';
import { startOutside, webhookSecret } from './start-outside.ts';

const RECONCILE_EVERY_MS = 1_000;

async function main(): Promise<void> {
  const settings = processSettings(process.env);
  const { port, host } = settings;
  const dataDir = resolve(settings.dataDir);
  // A log that cannot be written (its disk is full, its reader is gone) is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // What this process writes is for its owner alone.
  process.umask(0o077);
  // The port first: where that is taken, nothing has been begun.
  let app: Pick<Hono, 'fetch'> = starting;
  const server = await listen({ fetch: (...request) => app.fetch(...request) }, port, host);
  const address = `http://localhost:${server.port}`;
  const base = isLoopback(host)
    ? address
    : `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
  // Before anything is opened that would have to be closed.
  const pages = embeddedPages();
  const runtime = await openRuntime({
    dataDir,
    settings: settingsFrom(process.env),
    observe: logSignal,
    reconcileEveryMs: RECONCILE_EVERY_MS,
    migrating: () =>
      process.stderr.write(
        'The data file is of an earlier release, and is brought to the present schema. A large one takes a while.\n',
      ),
    checkoutSettings: { returnUrl: `${base}/demo/shop#{checkoutId}` },
    outside: (inside) =>
      startOutside({
        ...settings,
        ...inside,
        dataDir,
        webhookUrl: `${base}/webhooks/stripe`,
        observe: logSignal,
      }),
  });
  const readNotice = createWebhookReader({
    secret: () => webhookSecret({ ...settings, secret: runtime.secret }),
    now: Date.now,
  });
  app = createApi({ ...runtime, random: systemRandomness, sourceOf: peerOf, mayPay: () => true }, (more) => {
    webhookRoutes(more, { ...runtime, readNotice });
    pageRoutes(more, pages);
    devRoutes(more, runtime);
    inspectorRoutes(more, { ...runtime, stopping: server.stopping });
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.drain();
    removeAddress(dataDir);
    await runtime.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  try {
    writeAddress(dataDir, { address: base, process: runtime.process });
  } catch (error) {
    // Commands will not find this process; that is no reason to be down.
    logSignal({ type: 'failure', where: 'address', subject: 'file', error: loggable(error) });
  }
  // Last, so that whoever waits for this line may stop the process at once.
  const open = PAGES.map(([name, path]) => `  ${name.padEnd(10)} ${base}${path}\n`);
  process.stdout.write(`ready ${address}\n${open.join('')}`);
}

/** Whether this machine reaches it as `localhost`. */
const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '0.0.0.0', '::'].includes(host);

/** What is answered between the opening of the port and the ready line. */
const starting = new Hono().all('*', (c) =>
  respond(c, new Problem('try-again', { detail: 'The process is starting.', retryAfter: 1 }), logSignal),
);

/** One line that says what is wrong and what to do; no stack for what a person can mend. */
function explain(error: unknown): string {
  const { code, syscall, name, message } = error as Partial<NodeJS.ErrnoException>;
  if (code === 'EADDRINUSE')
    return 'The port is in use by another process. Stop it, or set PORT to another one.';
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `Not permitted or not possible: ${message}. Set PORT and HOST to others.`;
  if (syscall) return `${message}. Set DATA_DIR to a folder that this process may write to, with room.`;
  return message ?? String(name);
}

main().catch((error: unknown) => {
  process.stderr.write(`Detent cannot start. ${explain(error)}\n`);
  process.exit(1);
});
