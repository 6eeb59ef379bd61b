/** The engine with a flow of the test's own: its definition is a function. */
import { afterEach } from '@jest/globals';
import type { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import type { Definition } from '../../core/definition.ts';
import { createDeliverer } from '../../core/deliver.ts';
import type { DeliverPorts } from '../../core/delivery.ts';
import type { Flow, Persistence } from '../../core/flow.ts';
import { keyedHash } from '../../core/keyed-hash.ts';
import type { EffectExecutor, Resolver, Signal, Table } from '../../core/ports.ts';
import { createReconciler } from '../../core/reconciler.ts';
import { createRelay, type RelayPorts } from '../../core/relay.ts';
import type { DefinitionInput, DefinitionOutput, JsonObject, Step } from '../../core/types.ts';
import { type Engine as Running, startEngine } from '../../local/engine.ts';
import { TestClock } from './clock.ts';
import { temporaryTable } from './tables.ts';

/** `[state, event, rule]`: what the event does there. The rows stand in the definition's `Route` as well. */
export type Rule = (input: DefinitionInput) => DefinitionOutput;
export type Rules = [state: string, event: string, rule: Rule][];

export const FLOW = 'door';

/** A transition to `state`, with what the step changes. */
export const go = (
  state: string,
  change: Partial<Step> = {},
  more: { deadlineSeconds?: number; final?: boolean } = {},
) => (({ step }) => ({ state, step: { ...step, ...change }, ...more })) as Rule;

export const defer: Rule = () => ({ deferred: true });

/** A door: made closed, opened and closed again, broken for good. */
export const door: Rules = [
  [
    'New',
    'Made',
    go('Closed', { data: { opened: 0 }, facts: [{ type: 'WasMade' }] }, { deadlineSeconds: 60 }),
  ],
  ['Closed', 'Opened', go('Open', {}, { deadlineSeconds: 10 })],
  [
    'Closed',
    'Knocked',
    ({ step, event }) => ({ state: 'Closed', step: { ...step, data: { ...step.data, ...event.payload } } }),
  ],
  ['Open', 'Closed', go('Closed', { reply: { secret: 'once' } }, { deadlineSeconds: 60 })],
  ['Open', 'Broken', go('Broken', {}, { final: true })],
  ['Closed', 'Jammed', () => ({ unavailable: { reason: 'Jam' } })],
  ['Closed', 'DeadlinePassed', go('Open', {}, { deadlineSeconds: 10 })],
];

export interface EngineOptions {
  rules: Rules;
  persistence?: Persistence;
  /** Whether every transition is told to others; `executors` tell them. */
  publishes?: true;
  table?: Table;
  /** Shared by engines that live at the same time. */
  clock?: TestClock;
  executors?: { [kind: string]: EffectExecutor };
  ports?: Partial<DeliverPorts>;
  relay?: Partial<RelayPorts>;
  retentionSeconds?: number;
}

export type Engine = ReturnType<typeof createEngine>;

export function createEngine(options: EngineOptions) {
  const own = options.table ? undefined : temporaryTable();
  const table = options.table ?? (own as NonNullable<typeof own>).table;
  const clock = options.clock ?? new TestClock();
  const signals: Signal[] = [];
  const observe = (signal: Signal) => void signals.push(signal);
  const flow: Flow = {
    name: FLOW,
    persistence: options.persistence ?? 'journal',
    ...(options.publishes && { publishes: options.publishes }),
    definition: definitionOf(options.rules),
    tables: ['stock'],
    view: (_state, data) => ({ ...data }),
    retentionSeconds: () => options.retentionSeconds,
    fingerprinted: ({ payload }) => ({ value: payload, guessable: false }),
  };
  const flows = { [FLOW]: flow };
  let fraction = 0;
  const random = { id: () => 'id', fraction: () => (fraction = (fraction + 0.37) % 1) };
  const deliverer = createDeliverer({
    table,
    clock,
    observe,
    random,
    fingerprint: async (text) => keyedHash('key', 'test', text, 'hex'),
    resolver: resolverOf(options.rules),
    ...options.ports,
  });
  const relay = createRelay({
    ...{ table, clock, random, observe, flows },
    executors: options.executors ?? {},
    deliver: deliverer.deliver,
    ...options.relay,
  });
  const reconcile = createReconciler({ table, clock, observe, flows, relay, check: deliverer.check });
  let events = 0;
  return {
    ...{ table, clock, signals, flow, deliverer, relay, reconcile },
    tell: (flowId: string, type: string, payload: JsonObject = {}, id = `event-${++events}`) =>
      deliverer.deliver({ flow, flowId, event: { id, type, payload } }),
    record: async (flowId: string) => deliverer.load(flow, flowId),
    entries: async (flowId: string) =>
      (await table.query('flows', `${FLOW}#${flowId}`, 'entry#')).map(({ item }) => item),
    relayAll: async (flowId: string) => {
      for (const { item } of await table.query('flows', `${FLOW}#${flowId}`, 'entry#'))
        await relay.handle(item);
    },
    close: () => own?.close(),
  };
}

/** The engine as the embedded process starts it, with its change feed and its recovery, on the table of another one. */
export function embedded(
  { table, clock, flow }: Engine,
  rules: Rules,
  executors: { [kind: string]: EffectExecutor },
  view: Partial<Table> = {},
): Running {
  const feed = table as SqliteTable;
  return startEngine({
    ...{ clock, executors, flows: { [FLOW]: flow }, observe: () => {} },
    table: {
      read: (key) => table.read(key),
      query: (...asked) => table.query(...asked),
      due: (...asked) => table.due(...asked),
      transact: (...asked) => table.transact(...asked),
      subscribe: (listener) => feed.subscribe(listener),
      ...view,
    },
    random: { id: () => 'id', fraction: () => 0.5 },
    fingerprint: async () => '0'.repeat(32),
    resolver: resolverOf(rules),
  });
}

const resolverOf = (rules: Rules): Resolver => ({
  async resolve(_flow, input) {
    const row = rules.find(([state, event]) => state === input.flow.state && event === input.event.type);
    return row ? row[2](structuredClone(input)) : { rejected: { reason: 'NotAllowed' } };
  },
});

/** For a test file: `start` makes an engine, which ends with its test; `engine` is the one of this test. */
export function engines(defaults: Partial<EngineOptions> = {}) {
  let current: Engine | undefined;
  afterEach(() => {
    current?.close();
    current = undefined;
  });
  return {
    start(options: Partial<EngineOptions> = {}): Engine {
      current?.close();
      current = createEngine({ rules: [], ...defaults, ...options });
      return current;
    },
    engine(): Engine {
      if (!current) throw new Error('start an engine first');
      return current;
    },
  };
}

function definitionOf(rules: Rules): Definition {
  const row = ([state, event]: Rules[number]) => ({
    And: [
      { Variable: '$.flow.state', StringEquals: state },
      { Variable: '$.event.type', StringEquals: event },
    ],
    Next: 'End',
  });
  return {
    StartAt: 'Route',
    States: {
      Route: { Type: 'Choice', Choices: rules.map(row), Default: 'End' },
      End: { Type: 'Pass', End: true },
    },
  };
}
