/** Starts the sandbox gateway beside this process, and again when it dies. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { nameOf } from '../../core/errors.ts';
import type { LedgerLine } from './answers.ts';
import { startCompanion } from './companion.ts';
import type { SandboxFault } from './gateway.ts';
import type { WebhookMode, WebhookTarget } from './webhooks.ts';

export interface StartOptions {
  /** Where `gateway.db` is, or is made. */
  dataDir: string;
  /** How long each answer takes, in ms. */
  delayMs?: number;
  /** By so many ms its clock is ahead of the machine's. */
  offsetMs?: number;
  /** Where webhooks go; by default nobody listens. */
  webhooks?: WebhookTarget;
  /** Hears of a start that came to nothing, in words for a person. It is tried again. */
  onFailure?: (message: string) => void;
}

export interface StartedSandbox {
  /** Where it answers; undefined as long as it has not been started. */
  url(): string | undefined;
  /** The id of the newest process. */
  pid(): number | undefined;
  /** The id of the process that runs now; undefined where it is being started again. */
  running(): number | undefined;
  /** Ends that as kill -9 does, and it is started again. @returns whether there was one, once it has ended. */
  kill(): Promise<boolean>;
  setClock(offsetMs: number): Promise<void>;
  /** How it fails from now on, or for the next so many requests that change something. */
  setFault(kind: SandboxFault, times?: number): Promise<void>;
  /** How long each answer takes from now on, in ms. */
  setDelay(delayMs: number): Promise<void>;
  /** How webhooks come from now on. */
  setWebhookMode(mode: WebhookMode): Promise<void>;
  ledger(): Promise<LedgerLine[]>;
  stop(): Promise<void>;
}

/** How long the ledger is waited for where the process is being started again. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;

/** One that does not start is tried again in the background: a world that is down is no reason to be down. */
export async function startSandbox({
  dataDir,
  delayMs = 0,
  offsetMs = 0,
  webhooks,
  onFailure = () => {},
}: StartOptions): Promise<StartedSandbox> {
  const order = {
    ...{ dataDir, port: 0, offsetMs, delayMs, fault: 'none' as SandboxFault },
    ...(webhooks && { webhooks }),
    webhookMode: 'prompt' as WebhookMode,
  };
  type Order = typeof order;
  let begun: Order = order;

  const companion = await startCompanion({
    name: 'The sandbox gateway',
    program: join(import.meta.dirname, 'main.ts'),
    order: () => (begun = { ...order }),
    isOpen(message) {
      // On the port that it had before: whoever knows the address goes on.
      order.port = (message as { port: number }).port;
      return true;
    },
    async opened() {
      // What was ordered meanwhile, it has not heard.
      const names = ['offsetMs', 'fault', 'delayMs', 'webhookMode'] as const;
      if (names.some((name) => order[name] !== begun[name])) await tell();
    },
    onFailure,
  });

  function url(): string | undefined {
    return order.port === 0 ? undefined : `http://127.0.0.1:${order.port}`;
  }

  async function control<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${url()}/_control/${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The sandbox gateway did not take ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Tells it all that is to be; where it is down just now, it begins with that. */
  async function tell(): Promise<void> {
    const orders = [
      control('clock', { offsetMs: order.offsetMs }),
      control('faults', { kind: order.fault }),
      control('delay', { delayMs: order.delayMs }),
      control('webhooks', { mode: order.webhookMode }),
    ];
    await Promise.all(orders.map((sent) => sent.catch(unlessAway)));
  }

  async function ledger(): Promise<LedgerLine[]> {
    for (const until = Date.now() + PATIENCE_MS; ; await wait(PAUSE_MS)) {
      const found = await control<{ lines: LedgerLine[] }>('ledger').catch(unlessAway);
      if (found) return found.lines;
      if (Date.now() > until || companion.isStopping()) throw new Error('The sandbox gateway is down.');
    }
  }

  return {
    url,
    pid: () => companion.child()?.pid,
    running: companion.running,
    kill: companion.kill,
    async setClock(ms) {
      order.offsetMs = ms;
      if (url()) await control('clock', { offsetMs: ms }).catch(unlessAway);
    },
    async setFault(kind, times) {
      if (times !== undefined) return void (await control('faults', { kind, times }));
      order.fault = kind;
      if (url()) await control('faults', { kind }).catch(unlessAway);
    },
    async setDelay(ms) {
      order.delayMs = ms;
      if (url()) await control('delay', { delayMs: ms }).catch(unlessAway);
    },
    async setWebhookMode(mode) {
      order.webhookMode = mode;
      if (url()) await control('webhooks', { mode }).catch(unlessAway);
    },
    ledger,
    stop: () => companion.stop(),
  };
}

/** What `fetch` says where nobody answers is a TypeError; everything else is an answer. */
function unlessAway(error: unknown): undefined {
  if (nameOf(error) !== 'TypeError') throw error;
}
