/** The engine with one real flow, its definition and its actions, on a real table, with a clock that the test moves. */
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, type TaskInput, toolsFor } from '../../core/action.ts';
import { createDeliverer } from '../../core/deliver.ts';
import type { Flow } from '../../core/flow.ts';
import type { CrashHook, EffectExecutor, Observer, Signal, Table } from '../../core/ports.ts';
import { createReconciler } from '../../core/reconciler.ts';
import { createRelay } from '../../core/relay.ts';
import type { JsonObject, Step } from '../../core/types.ts';
import { TestClock } from './clock.ts';
import { temporaryTable } from './tables.ts';

export interface FlowEngineOptions {
  table?: Table;
  clock?: TestClock;
  crash?: CrashHook;
}

/** How an action fails. */
export type Failing = 'throws' | 'hangs' | 'says what nobody knows';

export type FlowEngine = ReturnType<typeof createFlowEngine>;

export function createFlowEngine(
  flow: Flow,
  flowActions: Action[],
  executorsOf: (observe: Observer, table: Table) => { [kind: string]: EffectExecutor },
  options: FlowEngineOptions = {},
) {
  const own = options.table ? undefined : temporaryTable();
  const table = options.table ?? (own as NonNullable<typeof own>).table;
  const clock = options.clock ?? new TestClock();
  const flows = { [flow.name]: flow };
  const signals: Signal[] = [];
  const calls: { action: string; outcome: string | undefined }[] = [];
  const failing = new Map<string, Failing>();
  const observe = (signal: Signal) => void signals.push(signal);

  const actions = new Map(flowActions.map((action) => [action.name, action]));
  const noSecret = async () => Promise.reject(new Error('no secrets here'));
  async function invoke(name: string, input: TaskInput): Promise<Step> {
    const how = failing.get(name);
    if (how === 'throws') throw new Error('action failed');
    if (how === 'hangs') return new Promise<never>(() => {});
    if (how) {
      const nothing = { data: {}, effects: [], facts: [], writes: [] };
      return { ...(input.step ?? {}), ...nothing, outcome: 'Foreign' } as Step;
    }
    const action = actions.get(name) as Action;
    const step = await performAction(action, input, toolsFor(action, table, noSecret));
    calls.push({ action: name, outcome: step.outcome });
    return step;
  }
  let fraction = 0;
  const random = { id: () => 'id', fraction: () => (fraction = (fraction + 0.37) % 1) };
  const crash = options.crash && { crash: options.crash };
  const resolver = createAslResolver({ [flow.name]: flow.definition }, invoke, { retryPauseMs: 0 });
  const deliverer = createDeliverer({
    ...{ table, clock, random, observe, resolver, ...crash },
    fingerprint: async (text) => Buffer.from(text).toString('hex').slice(-32).padStart(32, '0'),
  });
  const relay = createRelay({
    ...{ table, clock, random, observe, flows, executors: executorsOf(observe, table), ...crash },
    deliver: deliverer.deliver,
  });
  const reconcile = createReconciler({ table, clock, observe, flows, relay, check: deliverer.check });
  const items = async (flowId: string) =>
    (await table.query('flows', `${flow.name}#${flowId}`, 'entry#')).map(({ item }) => item);
  let events = 0;
  return {
    ...{ table, clock, flow, signals, calls, deliverer, relay, reconcile },
    /** From now on this action fails, or never ends. */
    fail: (action: string, how: Failing = 'throws') => void failing.set(action, how),
    /** Delivers one event; a new id each time unless one is given. */
    tell: (flowId: string, type: string, payload: JsonObject = {}, id = `event-${++events}`) =>
      deliverer.deliver({ flow, flowId, event: { id, type, payload } }),
    record: (flowId: string) => deliverer.load(flow, flowId),
    items,
    /** Hands all committed entries of an instance to the relay, as the change feed would. */
    relayAll: async (flowId: string) => {
      for (const item of await items(flowId)) await relay.handle(item);
    },
    close: () => own?.close(),
  };
}
