/** The embedded runtime: the whole product in one process, on one data folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAslResolver, type Invoke } from '../adapters/embedded/asl-resolver.ts';
import { openKeyFile } from '../adapters/embedded/key-file.ts';
import { createSmsInbox, type SmsInbox } from '../adapters/embedded/sms-inbox.ts';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../adapters/embedded/sqlite-table.ts';
import { SystemClock, systemRandomness } from '../adapters/system.ts';
import { type Action, performAction, toolsFor } from '../core/action.ts';
import { createDeliverer, type Deliverer } from '../core/deliver.ts';
import { DetentError, nameOf } from '../core/errors.ts';
import type { Flow } from '../core/flow.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import { PENDING_BOUND_MS } from '../core/persistence.ts';
import type { Observer, Secrets, SmsSender, StoredItem } from '../core/ports.ts';
import { createReconciler, type Reconciled } from '../core/reconciler.ts';
import { createRelay } from '../core/relay.ts';
import { mfaLogin, mfaLoginActions } from '../flows/mfa-login/index.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';
import { smsExecutor, smsText } from '../flows/mfa-login/sms.ts';
import { loadOffset } from './dev-clock.ts';
import { type Faults, faultySigning, faultySms } from './faults.ts';
import { demoUser, ensureUser } from './users.ts';

export interface Runtime {
  table: SqliteTable;
  clock: SystemClock;
  secret: Secrets;
  deliverer: Deliverer;
  inbox: SmsInbox;
  faults: Faults;
  flows: { [name: string]: Flow };
  mfaLogin: { flow: Flow; settings: Settings };
  observe: Observer;
  reconcile(): Promise<Reconciled>;
  /** Waits for the effects that are being performed, then closes the data file. */
  close(): Promise<void>;
}

export interface RuntimeOptions {
  dataDir: string;
  settings: Settings;
  observe: Observer;
  /** The phone network; by default an inbox that the development endpoints show. */
  phone?: SmsSender;
  /** Without the timer nothing is re-driven but by `reconcile()`. */
  reconcileEveryMs?: number;
}

/** How many expired items one pass of the reconciler deletes. */
const PURGE = 1_000;

/**
 * Opens the data folder, finishes what an earlier process left under way, and starts the relay and the reconciler.
 *
 * @throws DataFileError, KeyFileError with a message for the person at the terminal.
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { dataDir, settings, observe, reconcileEveryMs } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = openDataFile(join(dataDir, 'detent.db'));
  const table = new SqliteTable(db);
  const secret = await openKeyFile(join(dataDir, 'keys.json'));
  const clock = new SystemClock(await loadOffset(table));
  const faults: Faults = {};

  const flow = mfaLogin(settings);
  const flows = { [flow.name]: flow };
  const invoke = invoker(mfaLoginActions(settings), table, faultySigning(secret, faults));
  const deliverer = createDeliverer({
    table,
    clock,
    observe,
    random: systemRandomness,
    resolver: createAslResolver({ [flow.name]: flow.definition }, invoke),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
  });

  const inbox = createSmsInbox(table, clock, systemRandomness.id, (origin) =>
    smsText(secret, settings, origin as { loginId: string; codeCounter: number }),
  );
  const executors = { sms: smsExecutor(table, secret, faultySms(options.phone ?? inbox, faults), settings) };
  const relay = createRelay({ table, clock, observe, flows, executors, deliver: deliverer.deliver });
  const reconciler = { table, clock, observe, flows, check: deliverer.check };
  const reconcile = createReconciler({ ...reconciler, relay });

  await ensureUser(table, demoUser);
  const feed = followFeed(table, relay.handle, observe);
  // This process holds the data alone: whatever an earlier one had claimed or left pending is now ours.
  const restartedAt = clock.now() - 1;
  const recover = createReconciler({
    ...reconciler,
    relay: { handle: (item) => relay.handle(item, { restartedAt }) },
  });
  const recovered = recover(clock.now() + PENDING_BOUND_MS).catch((error: unknown) =>
    observe({ type: 'failure', where: 'recovery', subject: 'start', error: nameOf(error) }),
  );

  const pass = async () => {
    table.purge(new Date(clock.now()).toISOString(), PURGE);
    return reconcile();
  };
  const timer = every(reconcileEveryMs, pass, observe);
  return {
    table,
    clock,
    secret,
    deliverer,
    inbox,
    faults,
    flows,
    mfaLogin: { flow, settings },
    observe,
    reconcile: pass,
    async close() {
      await recovered;
      await timer.stop();
      await feed.stop();
      db.close();
    },
  };
}

/** Calls an action by its name, with the one table and the secrets that it declares. */
function invoker(actions: Action[], table: SqliteTable, secret: Secrets): Invoke {
  const prepared = new Map(
    actions.map((action) => [action.name, { action, tools: toolsFor(action, table, secret) }]),
  );
  return async (name, input) => {
    const found = prepared.get(name);
    if (!found) throw new DetentError('invalid-definition-output', `there is no action ${name}`);
    return performAction(found.action, input, found.tools);
  };
}

/** Hands every new entry with effects to the relay; one that fails holds up no other. */
function followFeed(
  table: SqliteTable,
  handle: (item: StoredItem['item']) => Promise<void>,
  observe: Observer,
) {
  const running = new Set<Promise<void>>();
  const unsubscribe = table.subscribe((changes) => {
    for (const { key, item } of changes) {
      if (key.table !== 'flows' || !key.sk.startsWith('entry#') || item['revision'] !== 0) continue;
      const run = handle(item)
        .catch((error: unknown) =>
          observe({ type: 'failure', where: 'relay', subject: `${key.pk}/${key.sk}`, error: nameOf(error) }),
        )
        .finally(() => running.delete(run));
      running.add(run);
    }
  });
  return {
    async stop() {
      await Promise.all(running);
      unsubscribe();
    },
  };
}

/** Runs a task again and again, never twice at once. */
function every(ms: number | undefined, task: () => Promise<unknown>, observe: Observer) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const next = () => {
    timer = setTimeout(() => {
      running = task()
        .catch((error: unknown) =>
          observe({ type: 'failure', where: 'reconciler', subject: 'timer', error: nameOf(error) }),
        )
        .then(() => timer && next());
    }, ms);
  };
  if (ms !== undefined) next();
  return {
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}
