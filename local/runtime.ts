/** The embedded runtime: the whole product in one process, on one data folder. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createAslResolver, type Invoke } from '../adapters/embedded/asl-resolver.ts';
import { openKeyFile } from '../adapters/embedded/key-file.ts';
import { createSmsInbox, type SmsInbox } from '../adapters/embedded/sms-inbox.ts';
import { openDataFile } from '../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../adapters/embedded/sqlite-table.ts';
import { QUEUES } from '../adapters/embedded/table-queue.ts';
import { SystemClock, systemRandomness } from '../adapters/system.ts';
import { type Action, performAction, toolsFor } from '../core/action.ts';
import type { Deliverer } from '../core/delivery.ts';
import { DetentError } from '../core/errors.ts';
import type { Flow } from '../core/flow.ts';
import { createIntake, type Intake } from '../core/intake.ts';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Observer, Secrets, SmsSender } from '../core/ports.ts';
import type { Reconciled } from '../core/reconciler.ts';
import type { CheckoutSettings } from '../flows/checkout/settings.ts';
import { sources } from '../flows/checkout/sources.ts';
import { actionsOf, type FlowName, flowSettings, flowsOf } from '../flows/index.ts';
import type { Settings } from '../flows/mfa-login/settings.ts';
import { smsText } from '../flows/mfa-login/sms.ts';
import type { PaymentSettings } from '../flows/payment/settings.ts';
import { admitting, passwordLimits } from './admission.ts';
import { every } from './background.ts';
import { loadOffset } from './dev-clock.ts';
import { startEngine } from './engine.ts';
import { executorsOf } from './executors.ts';
import { type Faults, faultySigning } from './faults.ts';
import { createInspector, type Inspector } from './inspector/inspector.ts';
import { type Inside, nobody, type Outside } from './outside.ts';
import { ensureGoods } from './stock.ts';
import { demoUser, ensureUser } from './users.ts';
import { createWarehouseQueues } from './warehouse.ts';

export interface Runtime {
  /** Names this process: no two have the same. */
  process: string;
  table: SqliteTable;
  clock: SystemClock;
  secret: Secrets;
  deliverer: Deliverer;
  inbox: SmsInbox;
  faults: Faults;
  flows: { [Name in FlowName]: Flow };
  mfaLogin: { flow: Flow; settings: Settings };
  payment: { flow: Flow; settings: PaymentSettings };
  checkout: { flow: Flow; settings: CheckoutSettings };
  outside: Outside;
  observe: Observer;
  inspector: Inspector;
  reconcile(): Promise<Reconciled>;
  /** Takes an event that another system, or a person, reports. */
  intake: Intake;
  /** Resolves when no effect is being performed, no message handled, and no pass of the reconciler runs. */
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
  checkoutSettings?: Partial<CheckoutSettings>;
  /** Opens the card gateway, the warehouse, and whoever listens; by default there is nobody. It is closed with the runtime. */
  outside?: (inside: Inside) => Promise<Outside>;
  /** Is told before a data file of an earlier release is brought to the present schema, which may take a while. */
  migrating?: () => void;
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
  const { dataDir, settings, reconcileEveryMs } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = openDataFile(join(dataDir, 'detent.db'), options.migrating);
  const table = new SqliteTable(db);
  // New keys beside old data would end every running login, and forget every limit.
  const secret = await openKeyFile(join(dataDir, 'keys.json'), { create: table.isEmpty() });
  const clock = new SystemClock(await loadOffset(table));
  const faults: Faults = {};

  const { paymentSettings, checkoutSettings } = options;
  const figures = flowSettings({
    'mfa-login': settings,
    payment: paymentSettings,
    checkout: checkoutSettings,
  });
  const flows = flowsOf(figures);
  const inspector = createInspector({ table, clock, flows, observe: options.observe });
  const observe: Observer = (signal) => {
    inspector.hear(signal);
    options.observe(signal);
  };
  const inbox = createSmsInbox(table, clock, systemRandomness.id, (origin) =>
    smsText(secret, settings, origin as { loginId: string; codeCounter: number }),
  );
  const invoke = invoker(actionsOf(figures), table, faultySigning(secret, faults));
  await ensureUser(table, demoUser);
  await ensureGoods(table);
  let outside = nobody;
  let intake: Intake | undefined;
  const warehouse = createWarehouseQueues({
    ...{ table, clock, observe, randomId: systemRandomness.id },
    tell: (text) => outside.tellWarehouse(text),
    take: async (source, text) => intake?.(source, text) ?? 'again',
  });
  const { queues, report } = warehouse;
  outside = (await options.outside?.({ offsetMs: clock.offsetMs, secret, report })) ?? nobody;
  const engine = startEngine({
    ...{ table, clock, observe, flows },
    random: systemRandomness,
    resolver: createAslResolver(definitionsOf(flows), invoke),
    fingerprint: async (text) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
    executors: executorsOf({
      ...{ table, secret, observe, queues, outside, faults },
      ...{ phone: options.phone ?? inbox, settings: figures },
    }),
  });
  const { background } = engine;
  const deliver = admitting(
    engine.deliverer.deliver,
    ['LoginRequested'],
    passwordLimits(availableParallelism(), settings.passwordsAtOnce),
  );
  const deliverer = { ...engine.deliverer, deliver };
  const taking = createIntake({ deliver: engine.deliverer.deliver, flows, sources, observe });
  intake = taking;
  const drain = () => background.run('queue', 'messages', () => queues.drain());
  const stopDraining = table.subscribe((changes) => {
    if (changes.some(({ key }) => key.table === QUEUES)) drain();
  });
  // What an earlier process has left there.
  drain();

  /** Last, and on its own: on a full disk nothing can be deleted, but something small may yet be done. */
  const purging = async <T>(pass: Promise<T>): Promise<T> => {
    const done = await pass;
    table.purge(new Date(clock.now()).toISOString(), PURGE);
    return done;
  };
  const stopTimer =
    reconcileEveryMs === undefined
      ? () => {}
      : every(reconcileEveryMs, background, 'reconciler', () => {
          drain();
          return purging(engine.redrive());
        });
  return {
    process: systemRandomness.id(),
    table,
    clock,
    secret,
    deliverer,
    inbox,
    faults,
    flows,
    mfaLogin: { flow: flows['mfa-login'], settings: figures['mfa-login'] },
    payment: { flow: flows.payment, settings: figures.payment },
    checkout: { flow: flows.checkout, settings: figures.checkout },
    outside,
    observe,
    inspector,
    intake: taking,
    reconcile: () => {
      drain();
      return purging(engine.reconcile());
    },
    idle: () => background.idle(),
    async close() {
      stopTimer();
      stopDraining();
      inspector.close();
      await background.idle();
      engine.stop();
      // The world first: what it still reports is on the disk, or comes again.
      await outside.close();
      await warehouse.settled();
      db.close();
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
