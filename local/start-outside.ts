/** The outside world of `npm start`. */
import { join } from 'node:path';
import { factsCallback } from '../adapters/embedded/facts-callback.ts';
import { openFactsFile } from '../adapters/embedded/facts-file.ts';
import { createStripeGateway } from '../adapters/stripe/gateway.ts';
import type { CardGateway } from '../core/card-gateway.ts';
import type { Observer } from '../core/ports.ts';
import type { Publisher } from '../core/publication.ts';
import { nobody, type Outside } from './outside.ts';
import { type StartedSandbox, startSandbox } from './sandbox/start.ts';
import type { ProcessSettings } from './settings.ts';

/** Any will do: the sandbox asks for a key, and for no certain one. */
const KEY = 'sk_test_sandbox';

/**
 * Starts the sandbox gateway in a process of its own, or uses the gateway that the settings name; opens the file of facts, or posts
 * them to where the settings say.
 *
 * @throws Error where a gateway of its own time meets a clock of ours that has been moved: keys and holds would seem older than
 * they are, and be made twice.
 */
export async function startOutside({
  dataDir,
  gateway,
  gatewayDelayMs,
  factsUrl,
  offsetMs,
  observe,
}: ProcessSettings & { offsetMs: number; observe: Observer }): Promise<Outside> {
  if (gateway && offsetMs !== 0) {
    throw new Error(
      'The clock of this data folder has been moved, and GATEWAY_URL names a gateway that goes by its own. Set DATA_DIR to another folder.',
    );
  }
  const facts = factsUrl === undefined ? await openFactsFile(join(dataDir, 'facts.ndjson')) : undefined;
  const publish = facts?.publish ?? factsCallback(factsUrl ?? '');
  if (gateway) {
    const { url, key } = gateway;
    const real = createStripeGateway({ apiKey: async () => key, url });
    return { ...nobody, gateway: real, isReal: true, publish, close: async () => facts?.close() };
  }
  const sandbox = await startSandbox({
    ...{ dataDir, delayMs: gatewayDelayMs, offsetMs },
    onFailure: (error) => observe({ type: 'failure', where: 'sandbox', subject: 'gateway', error }),
  });
  return {
    ...sandboxed(sandbox, publish),
    async close() {
      await sandbox.stop();
      await facts?.close();
    },
  };
}

/** The world with a sandbox in it; whoever has started that stops it. */
export function sandboxed(sandbox: StartedSandbox, publish: Publisher): Outside {
  let known: { url: string; gateway: CardGateway } | undefined;
  const gateway = (): CardGateway => {
    const url = sandbox.url();
    if (url === undefined) return nobody.gateway;
    if (known?.url !== url) known = { url, gateway: createStripeGateway({ apiKey: async () => KEY, url }) };
    return known.gateway;
  };
  return {
    ...nobody,
    gateway: {
      send: (...asked) => gateway().send(...asked),
      find: (...asked) => gateway().find(...asked),
    },
    publish,
    setClock: (ms) => sandbox.setClock(ms),
    setGatewayFault: (kind) => sandbox.setFault(kind),
  };
}
