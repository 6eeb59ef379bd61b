/** The embedded runtime: the whole product in one process, on one data folder. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAslResolver, type Invoke } from '../adapters/embedded/asl-resolver.ts';
import { openKeyFile } from '../adapters/embedded/key-file.ts';
import { createSmsInbox, type SmsInbox } from '../adapters/embedded/sms-inbox.ts';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../adapters/embedded/sqlite-table.ts';
import { SystemClock, systemRandomness } from '../adapters/system.ts';
import { type Action, performAction, toolsFor } from '../core/action.ts';
import type { Deliverer } from '../core/delivery.ts';
import { DetentError } from '../core/errors.ts';
import type { Flow } from '../core/flow.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Observer, Secrets, SmsSender } from '../core/ports.ts';
import { publishExecutors } from '../core/publication.ts';
import type { Reconciled } from '../core/reconciler.ts';
import { mfaLogin, mfaLoginActions } from '../flows/mfa-login/index.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';
import { smsExecutor, smsText } from '../flows/mfa-login/sms.ts';
import { gatewayExecutors } from '../flows/payment/gateway.ts';
import { payment, paymentActions } from '../flows/payment/index.ts';
import { defaultPaymentSettings, type PaymentSettings } from '../flows/payment/settings.ts';
import { admitting } from './admission.ts';
import { every } from './background.ts';
import { loadOffset } from './dev-clock.ts';
import { startEngine } from './engine.ts';
import { type Faults, faultySigning, faultySms } from './faults.ts';
import { nobody, type Outside } from './outside.ts';
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
  payment: { flow: Flow; settings: PaymentSettings };
  outside: Outside;
  observe: Observer;
  reconcile(): Promise<Reconciled>;
  /** Resolves when no effect is being performed and no pass of the reconciler runs. */
  idle(): Promise<void>;
  /** Waits for the effects that are being performed, then closes the data file. */
  close(): Promise<void>;
}

export interface RuntimeOptions {
  dataDir: string;
  settings: Settings;
  observe: Observer;
  /** The phone network; by default an inbox that the development endpoints show. */
  phone?: SmsSender;
  paymentSettings?: PaymentSettings;
  /** Opens the card gateway, and whoever listens; by default there is nobody. It is closed with the runtime. */
  outside?: (clock: Pick<SystemClock, 'offsetMs'>) => Promise<Outside>;
  /** Without the timer nothing is re-driven but by `reconcile()`. */
  reconcileEveryMs?: number;
}

/** How many expired items one pass of the reconciler deletes. */
const PURGE = 1_000;

/**
 * A password takes about 0.25 s of a core. So many at once are checked well within the 7 s that the definition gives
 * them; those that wait are answered within a minute.
 */
const admission = { atOnce: 12 * availableParallelism(), waiting: 256 };

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
  // New keys beside old data would end every running login, and forget every limit.
  const secret = await openKeyFile(join(dataDir, 'keys.json'), { create: table.isEmpty() });
  const clock = new SystemClock(await loadOffset(table));
  const faults: Faults = {};

  const { paymentSettings = defaultPaymentSettings } = options;
  const login = { flow: mfaLogin(settings), settings };
  const paying = { flow: payment(paymentSettings), settings: paymentSettings };
  const flows = Object.fromEntries([login.flow, paying.flow].map((flow) => [flow.name, flow]));
  const inbox = createSmsInbox(table, clock, systemRandomness.id, (origin) =>
    smsText(secret, settings, origin as { loginId: string; codeCounter: number }),
  );
  const actions = [...mfaLoginActions(settings), ...paymentActions(paymentSettings)];
  const invoke = invoker(actions, table, faultySigning(secret, faults));
  await ensureUser(table, demoUser);
  const outside = (await options.outside?.(clock)) ?? nobody;
  const engine = startEngine({
    ...{ table, clock, observe, flows },
    random: systemRandomness,
    resolver: createAslResolver(definitionsOf(flows), invoke),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
    executors: {
      sms: smsExecutor(table, secret, faultySms(options.phone ?? inbox, faults), settings),
      ...gatewayExecutors(outside.gateway, paymentSettings),
      ...publishExecutors(outside.publish),
    },
  });
  const { background } = engine;
  const deliver = admitting(engine.deliverer.deliver, ['LoginRequested'], admission);
  const deliverer = { ...engine.deliverer, deliver };

  /** Last, and on its own: on a full disk nothing can be deleted, but something small may yet be done. */
  const purging = async <T>(pass: Promise<T>): Promise<T> => {
    const done = await pass;
    table.purge(new Date(clock.now()).toISOString(), PURGE);
    return done;
  };
  const stopTimer =
    reconcileEveryMs === undefined
      ? () => {}
      : every(reconcileEveryMs, background, 'reconciler', () => purging(engine.redrive()));
  return {
    table,
    clock,
    secret,
    deliverer,
    inbox,
    faults,
    flows,
    mfaLogin: login,
    payment: paying,
    outside,
    observe,
    reconcile: () => purging(engine.reconcile()),
    idle: () => background.idle(),
    async close() {
      stopTimer();
      await background.idle();
      engine.stop();
      db.close();
      await outside.close();
    },
  };
}

const definitionsOf = (flows: { [name: string]: Flow }) =>
  Object.fromEntries(Object.entries(flows).map(([name, { definition }]) => [name, definition]));

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
