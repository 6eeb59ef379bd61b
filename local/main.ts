/** `npm start`: the embedded runtime behind HTTP, in one process. */
import { resolve } from 'node:path';
import { systemRandomness } from '../adapters/system.ts';
import { createApi } from '../api/app.ts';
import { settingsFrom } from '../flows/mfa-login/settings.ts';
import { devRoutes } from './dev-routes.ts';
import { logSignal } from './log.ts';
import { openRuntime } from './runtime.ts';
import { listen, peerOf } from './server.ts';
import { processSettings } from './settings.ts';
import { welcome } from './welcome.ts';

const RECONCILE_EVERY_MS = 1_000;

async function main(): Promise<void> {
  const { port, host, dataDir } = processSettings(process.env);
  const runtime = await openRuntime({
    dataDir: resolve(dataDir),
    settings: settingsFrom(process.env),
    observe: logSignal,
    reconcileEveryMs: RECONCILE_EVERY_MS,
  });
  const app = createApi({ ...runtime, random: systemRandomness, sourceOf: peerOf }, (more) => {
    welcome(more);
    devRoutes(more, runtime);
  });
  const server = await listen(app, port, host);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.drain();
    await runtime.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  // Last, so that whoever waits for this line may stop the process at once.
  process.stdout.write(`ready http://localhost:${server.port}\n`);
}

/** One line that says what is wrong and what to do; no stack for what a person can mend. */
function explain(error: unknown): string {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (code === 'EADDRINUSE')
    return 'The port is in use by another process. Stop it, or set PORT to another one.';
  if (code === 'EACCES') return `Not permitted: ${message}. Choose another PORT or DATA_DIR.`;
  return `${name}: ${message}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`Detent cannot start. ${explain(error)}\n`);
  process.exit(1);
});
