/** The outside world of `npm start`. */
import { join } from 'node:path';
import { factsCallback } from '../adapters/embedded/facts-callback.ts';
import { openFactsFile } from '../adapters/embedded/facts-file.ts';
import { createStripeCheckout } from '../adapters/stripe/checkout.ts';
import { createStripeGateway } from '../adapters/stripe/gateway.ts';
import { DetentError } from '../core/errors.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Observer, Secrets } from '../core/ports.ts';
import type { Publisher } from '../core/publication.ts';
import { type CompanionName, type Inside, nobody, type Outside } from './outside.ts';
import { type StartedSandbox, startSandbox } from './sandbox/start.ts';
import { type StartedWarehouse, startWarehouse } from './sandbox/warehouse/start.ts';
import type { ProcessSettings } from './settings.ts';

/** Any will do: the sandbox asks for a key, and for no certain one. */
const KEY = 'sk_test_sandbox';

export interface OutsideOptions extends ProcessSettings, Inside {
  /** Where webhooks of the sandbox go. */
  webhookUrl: string;
  observe: Observer;
}

/**
 * Starts the sandboxes in processes of their own: the gateway, unless the settings name one, and the warehouse. Opens the file of
 * facts, or posts them to where the settings say.
 *
 * @throws Error where a gateway of its own time meets a clock of ours that has been moved: keys and holds would seem older than
 * they are, and be made twice.
 */
export async function startOutside(options: OutsideOptions): Promise<Outside> {
  const { dataDir, gateway, gatewayDelayMs, factsUrl, offsetMs, observe, report } = options;
  if (gateway && offsetMs !== 0) {
    throw new Error(
      'The clock of this data folder has been moved, and GATEWAY_URL names a gateway that goes by its own. Set DATA_DIR to another folder.',
    );
  }
  const facts = factsUrl === undefined ? await openFactsFile(join(dataDir, 'facts.ndjson')) : undefined;
  const publish = facts?.publish ?? factsCallback(factsUrl ?? '');
  const failed = (subject: string) => (error: string) =>
    observe({ type: 'failure', where: 'sandbox', subject, error });
  const openWarehouse = () => startWarehouse({ dataDir, onReport: report, onFailure: failed('warehouse') });
  if (gateway) {
    const { url, key } = gateway;
    const account = { apiKey: async () => key, url };
    const warehouse = await openWarehouse();
    return {
      ...nobody,
      ...shipping(warehouse),
      ...{ gateway: createStripeGateway(account), checkout: createStripeCheckout(account) },
      ...{ isReal: true, publish },
      async close() {
        await warehouse.stop();
        await facts?.close();
      },
    };
  }
  const webhooks = { url: options.webhookUrl, secret: await webhookSecret(options) };
  const [sandbox, warehouse] = await Promise.all([
    startSandbox({ dataDir, delayMs: gatewayDelayMs, offsetMs, webhooks, onFailure: failed('gateway') }),
    openWarehouse(),
  ]);
  const gatewayProcess = sandboxed(sandbox, publish, gatewayDelayMs);
  const warehouseProcess = shipping(warehouse);
  return {
    ...gatewayProcess,
    ...warehouseProcess,
    running: () => ({ ...gatewayProcess.running(), ...warehouseProcess.running() }),
    kill: (name) => (name === 'gateway' ? gatewayProcess : warehouseProcess).kill(name),
    async close() {
      await Promise.all([sandbox.stop(), warehouse.stop()]);
      await facts?.close();
    },
  };
}

/**
 * What webhooks are signed with: what the environment says, or, with the sandbox, something that follows from the key file.
 *
 * @throws DetentError `secret-unavailable` where another gateway would sign with a secret that nobody has told.
 */
export async function webhookSecret({
  webhookSecret: given,
  gateway,
  secret,
}: Pick<ProcessSettings, 'webhookSecret' | 'gateway'> & { secret: Secrets }): Promise<string> {
  if (given === undefined && gateway)
    throw new DetentError(
      'secret-unavailable',
      'STRIPE_WEBHOOK_SECRET is not set: no webhook can be verified',
    );
  return given ?? `whsec_${keyedHash(await secret('requests'), 'webhooks', 'sandbox')}`;
}

/** How long a slow gateway takes, in ms: less than the 8 s for which an answer is waited. */
const SLOW_MS = 5_000;

const shipping = (
  warehouse: StartedWarehouse,
): Pick<Outside, 'tellWarehouse' | 'setWarehouse' | 'running' | 'kill'> => ({
  tellWarehouse: (text) => warehouse.tell(text),
  setWarehouse: (mode) => warehouse.setMode(mode),
  running: () => processOf('warehouse', warehouse),
  kill: async (name) => name === 'warehouse' && warehouse.kill(),
});

function processOf(
  name: CompanionName,
  { running }: Pick<StartedWarehouse, 'running'>,
): ReturnType<Outside['running']> {
  const id = running();
  return id === undefined ? {} : { [name]: id };
}

/**
 * The world with a sandbox gateway in it; whoever has started that stops it.
 *
 * @param delayMs how long each of its answers takes where it is not to be slow.
 */
export function sandboxed(sandbox: StartedSandbox, publish: Publisher, delayMs = 0): Outside {
  let known: (Pick<Outside, 'gateway' | 'checkout'> & { url: string }) | undefined;
  const at = (): Pick<Outside, 'gateway' | 'checkout'> => {
    const url = sandbox.url();
    if (url === undefined) return nobody;
    const account = { apiKey: async () => KEY, url };
    if (known?.url !== url)
      known = { url, gateway: createStripeGateway(account), checkout: createStripeCheckout(account) };
    return known;
  };
  return {
    ...nobody,
    gateway: {
      send: (...asked) => at().gateway.send(...asked),
      find: (...asked) => at().gateway.find(...asked),
    },
    checkout: {
      createSession: (...asked) => at().checkout.createSession(...asked),
      expireSession: (...asked) => at().checkout.expireSession(...asked),
      readSession: (...asked) => at().checkout.readSession(...asked),
    },
    publish,
    setClock: (ms) => sandbox.setClock(ms),
    setGatewayFault: (kind) => sandbox.setFault(kind),
    setGatewayMode: (mode) => sandbox.setDelay(mode === 'slow' ? Math.max(SLOW_MS, delayMs) : delayMs),
    setWebhooks: (mode) => sandbox.setWebhookMode(mode),
    running: () => processOf('gateway', sandbox),
    kill: async (name) => name === 'gateway' && sandbox.kill(),
  };
}
