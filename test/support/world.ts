/** The engine with the login on a real table, a clock that the test moves, and a phone that the test reads. */
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, type TaskInput, toolsFor } from '../../core/action.ts';
import { createDeliverer } from '../../core/deliver.ts';
import type { DeliverPorts } from '../../core/delivery.ts';
import type { Persistence } from '../../core/flow.ts';
import { keyedHash } from '../../core/keyed-hash.ts';
import type { CrashHook, Secrets, Signal, SmsSender, Table } from '../../core/ports.ts';
import { createReconciler } from '../../core/reconciler.ts';
import { createRelay } from '../../core/relay.ts';
import type { JsonObject, Step } from '../../core/types.ts';
import { mfaLogin, mfaLoginActions } from '../../flows/mfa-login/index.ts';
import type { PasswordCost } from '../../flows/mfa-login/password.ts';
import { defaultSettings, type Settings } from '../../flows/mfa-login/settings.ts';
import { smsExecutor } from '../../flows/mfa-login/sms.ts';
import { demoUser, putUser } from '../../local/users.ts';
import { TestClock } from './clock.ts';
import { temporaryTable } from './tables.ts';

/** Too cheap for anything but tests. */
export const cheapCost: PasswordCost = { N: 16, r: 1, p: 1 };

/** A P-256 key for tests, made for this file and used nowhere else. */
const signing = JSON.stringify({
  kty: 'EC',
  crv: 'P-256',
  x: 'KQqaCg4DEehElnMebywN5WKgxblpKrqLmGLECgMOheM',
  y: 'CR0PdIa1IyZzfSXnVsQh4QEjC8s_go3213cC6Yip9N0',
  d: 'PnkhTLx6PCfNFGco1SnCCCBk6f4qgjfmuRvCaiQUuSI',
});

export const testSecrets: Secrets = async (name) => {
  const found = { otp: 'o'.repeat(43), identity: 'i'.repeat(43), requests: 'r'.repeat(43), signing }[name];
  if (found === undefined) throw new Error(`no secret ${name}`);
  return found;
};

export interface Sent {
  to: string;
  body: string;
  effectId: string;
}

export interface WorldOptions {
  settings?: Partial<Settings>;
  /** Another policy than the flow's own. */
  persistence?: Persistence;
  table?: Table;
  crash?: CrashHook;
  deliver?: Partial<DeliverPorts>;
  /** Replaces the phone network. */
  send?: SmsSender['send'];
  /** Wraps the calls of actions, to make them fail. */
  invoke?: (action: string, call: () => Promise<Step>) => Promise<Step>;
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export async function createWorld(options: WorldOptions = {}) {
  const settings = { ...defaultSettings, ...options.settings };
  const own = options.table ? undefined : temporaryTable();
  const table = options.table ?? (own as NonNullable<typeof own>).table;
  const clock = new TestClock();
  const signals: Signal[] = [];
  const sms: Sent[] = [];
  const observe = (signal: Signal) => void signals.push(signal);

  const flow = { ...mfaLogin(settings), ...(options.persistence && { persistence: options.persistence }) };
  const flows = { [flow.name]: flow };
  const actions = new Map(mfaLoginActions(settings).map((action) => [action.name, action]));
  const perform = (action: Action, input: TaskInput) =>
    performAction(action, input, toolsFor(action, table, testSecrets));
  const invoke = (name: string, input: TaskInput) => {
    const call = () => perform(actions.get(name) as Action, input);
    return options.invoke ? options.invoke(name, call) : call();
  };
  let fraction = 0;
  let ids = 0;
  const random = { id: () => `id-${++ids}`, fraction: () => (fraction = (fraction + 0.37) % 1) };
  const crash = options.crash && { crash: options.crash };

  const deliverer = createDeliverer({
    table,
    clock,
    random,
    observe,
    resolver: createAslResolver({ [flow.name]: flow.definition }, invoke, { retryPauseMs: 0 }),
    fingerprint: async (text) => keyedHash(await testSecrets('requests'), 'fingerprint', text, 'hex'),
    ...crash,
    ...options.deliver,
  });
  const send: SmsSender['send'] =
    options.send ??
    (async ({ to, body, effectId }) => {
      sms.push({ to, body, effectId });
      return { receipt: 'test' };
    });
  const executors = { sms: smsExecutor(table, testSecrets, { send }, settings) };
  const relay = createRelay({
    ...{ table, clock, random, observe, flows, executors },
    deliver: deliverer.deliver,
    ...crash,
  });
  const reconcile = createReconciler({ table, clock, observe, flows, relay, check: deliverer.check });
  await putUser(table, demoUser, cheapCost);

  let events = 0;
  return {
    ...{ settings, table, clock, signals, sms, flow, flows, deliverer, relay, reconcile, random, observe },
    /** Delivers one event to a login; a new id each time unless one is given. */
    tell: (flowId: string, type: string, payload: JsonObject = {}, id = `event-${++events}`) =>
      deliverer.deliver({ flow, flowId, event: { id, type, payload } }),
    /** Delivers the event that begins a login of the demo user. */
    begin: (
      flowId: string,
      password = demoUser.password,
      source = '192.0.2.1',
      username = demoUser.username,
    ) =>
      deliverer.deliver({
        flow,
        flowId,
        event: { id: `begin-${flowId}`, type: 'LoginRequested', payload: { username, password, source } },
      }),
    /** Hands all committed entries of an instance to the relay, as the change feed would. */
    relayAll: async (flowId: string) => {
      for (const { item } of await table.query('flows', `${flow.name}#${flowId}`, 'entry#'))
        await relay.handle(item);
    },
    record: async (flowId: string) => deliverer.load(flow, flowId),
    /** The code in the newest SMS. */
    code: () => sms.at(-1)?.body.slice(0, 6) ?? '',
    close: () => own?.close(),
  };
}
