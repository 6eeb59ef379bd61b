/** The outside world of `npm start`. */
import { join } from 'node:path';
import { factsCallback } from '../adapters/embedded/facts-callback.ts';
import { openFactsFile } from '../adapters/embedded/facts-file.ts';
import { createStripeGateway } from '../adapters/stripe/gateway.ts';
import type { Publisher } from '../core/publication.ts';
import { nobody, type Outside } from './outside.ts';
import { type StartedSandbox, startSandbox } from './sandbox/start.ts';
import type { ProcessSettings } from './settings.ts';

/** Any will do: the sandbox asks for a key, and for no certain one. */
const SANDBOX_KEY = 'sk_test_sandbox';

/**
 * Starts the sandbox gateway in a process of its own, or uses the gateway that the settings name; opens the file of facts, or posts
 * them to where the settings say.
 */
export async function startOutside({
  dataDir,
  gateway,
  gatewayDelayMs,
  factsUrl,
  offsetMs,
}: ProcessSettings & { offsetMs: number }): Promise<Outside> {
  const facts = factsUrl === undefined ? await openFactsFile(join(dataDir, 'facts.ndjson')) : undefined;
  const publish = facts?.publish ?? factsCallback(factsUrl ?? '');
  if (gateway) {
    const { url, key } = gateway;
    const real = createStripeGateway({ apiKey: async () => key, url });
    return { ...nobody, gateway: real, publish, close: async () => facts?.close() };
  }
  const sandbox = await startSandbox({ dataDir, delayMs: gatewayDelayMs, offsetMs });
  return {
    ...sandboxed(sandbox, publish),
    async close() {
      await sandbox.stop();
      await facts?.close();
    },
  };
}

/** The world with a sandbox in it; whoever has started that stops it. */
export const sandboxed = (sandbox: StartedSandbox, publish: Publisher): Outside => ({
  ...nobody,
  gateway: createStripeGateway({ apiKey: async () => SANDBOX_KEY, url: sandbox.url }),
  publish,
  setClock: (ms) => sandbox.setClock(ms),
  setGatewayFault: (kind) => sandbox.setFault(kind),
});
