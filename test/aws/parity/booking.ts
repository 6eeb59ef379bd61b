/** The booking on one runtime: the engine in this process, over tables and a resolver of either. */

import { documentClient } from '../../../adapters/aws/document-client.ts';
import { DynamoTable } from '../../../adapters/aws/dynamo-table.ts';
import { createSfnResolver } from '../../../adapters/aws/sfn-resolver.ts';
import { createAslResolver } from '../../../adapters/embedded/asl-resolver.ts';
import { type Action, performAction, toolsFor } from '../../../core/action.ts';
import { createDeliverer } from '../../../core/deliver.ts';
import type { Answer } from '../../../core/delivery.ts';
import { EffectError } from '../../../core/errors.ts';
import { keyedHash } from '../../../core/keyed-hash.ts';
import type { CrashHook, EffectExecutor, Resolver, Table } from '../../../core/ports.ts';
import { createReconciler } from '../../../core/reconciler.ts';
import { createRelay } from '../../../core/relay.ts';
import type { Entry, Item, JsonObject } from '../../../core/types.ts';
import { booking, bookingActions, seatsKey } from '../../simulation/flows/booking.ts';
import { temporaryTable } from '../../support/tables.ts';
import { outputs } from '../emulator/deploy.ts';
import { stepFunctions } from '../support/clients.ts';
import { HandClock } from './hand-clock.ts';

export interface Runtime {
  table: Table;
  resolver: Resolver;
  close(): void;
}

export function embeddedBooking(): Runtime {
  const { table, close } = temporaryTable();
  const actions = new Map(bookingActions.map((action) => [action.name, action]));
  const noSecret = () => Promise.reject(new Error('the booking has no secrets'));
  const resolver = createAslResolver({ booking: booking.definition }, (name, input) => {
    const action = actions.get(name) as Action;
    return performAction(action, input, toolsFor(action, table, noSecret));
  });
  return { table, resolver, close };
}

/** @throws Error where the second stack of the tests is not deployed. */
export function deployedBooking(): Runtime {
  const { BookingFlows, BookingSeats, BookingStateMachine } = outputs()['Booking'] ?? {};
  if (!BookingFlows || !BookingSeats || !BookingStateMachine) throw new Error('The booking is not deployed');
  return {
    table: new DynamoTable(documentClient(), { flows: BookingFlows, seats: BookingSeats }),
    resolver: createSfnResolver(stepFunctions(), { booking: BookingStateMachine }),
    close: () => {},
  };
}

/** What the venue does with the next request; by default it says yes. */
type VenueSays = 'Granted' | 'Denied' | 'nothing';

export type Hall = ReturnType<typeof openHall>;

/** One venue with its guests, in a world of its own. Ids of a run are its own; histories name them as the scenario does. */
export function openHall({ table: whole, resolver }: Runtime, run: string) {
  const table = partOf(whole, run);
  const clock = new HandClock();
  const venue = `hall-${run}`;
  const ids = new Map<string, string>();
  const idOf = (guest: string) => {
    const id = `${guest}-${run}`;
    ids.set(id, guest);
    return id;
  };
  /** The names of the scenario in place of the ids of this run. */
  const named = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(`-${run}`, '')) as T;

  const asked: string[] = [];
  let says: VenueSays = 'Granted';
  let hook: CrashHook = () => {};
  const executors: { [kind: string]: EffectExecutor } = {
    venue: {
      async perform({ id }, { key }) {
        asked.push(`${id} under ${key}: ${says}`);
        if (says === 'nothing') throw new EffectError('ambiguous', 'no-answer');
        return { event: { type: says, payload: {} }, receipt: key };
      },
      failure: () => undefined,
    },
    ticket: {
      async perform({ id, to }, { key }) {
        asked.push(`${id} to ${to} under ${key}`);
        return { done: true, receipt: key };
      },
      failure: () => undefined,
    },
  };

  const random = { id: () => 'id', fraction: () => 0.5 };
  const ports = { table, clock, random };
  /** A process of its own: within one, deliveries to an instance queue up. */
  const deliverer = (crash: CrashHook) =>
    createDeliverer({
      ...{ ...ports, resolver, crash },
      // Over the names, so that it is the same in every run.
      fingerprint: async (text) => keyedHash('key', 'test', text.replaceAll(`-${run}`, ''), 'hex'),
    });
  const first = deliverer((...at) => hook(...at));
  const second = deliverer(() => {});
  const flows = { [booking.name]: booking };
  const relay = createRelay({
    ...{ ...ports, flows, executors },
    deliver: first.deliver,
    settings: { quickPauseMs: 1 },
  });
  const reconcile = createReconciler({ ...ports, flows, relay, check: first.check });

  const answers: string[] = [];
  const note = (what: string, answer: Answer) => answers.push(`${what}: ${described(named(answer))}`);
  const itemsOf = async (guest: string) =>
    (await table.query('flows', `${booking.name}#${idOf(guest)}`, 'entry#')).map(({ item }) => item);

  const tellBy =
    ({ deliver }: typeof first) =>
    async (guest: string, type: string, payload: JsonObject = {}, id = `${type} ${++told}`) => {
      const event = { id, type, payload: type === 'Requested' ? { venue } : payload };
      note(`${guest} ${id}`, await deliver({ flow: booking, flowId: idOf(guest), event }));
    };
  let told = 0;

  return {
    clock,
    tell: tellBy(first),
    /** The same from another process. */
    tellElsewhere: tellBy(second),
    /** From now on. */
    venueSays(answer: VenueSays) {
      says = answer;
    },
    setHook(next: CrashHook) {
      hook = next;
    },
    idOf,
    open: (left: number) =>
      table.transact([{ op: 'put', key: seatsKey(venue), item: { left, held: 0, sold: 0 } }]),
    /** Hands all entries to the relay, as the change feed would. */
    async relayAll(guest: string) {
      for (const item of await itemsOf(guest)) await relay.handle(item);
    },
    /** Time passes, and nobody comes by. */
    advance: (seconds: number) => clock.advance(seconds),
    /** Time passes, and the reconciler comes by. */
    async pass(seconds: number) {
      clock.advance(seconds);
      await reconcile();
    },
    /**
     * Everything that is kept of the guests' bookings, a line each.
     *
     * @param race who wins is open: the guests have no names, and the lines an order that does not depend on them.
     */
    async history(race = false): Promise<string[]> {
      const bookings = await Promise.all(
        [...ids].map(async ([id, guest]) => {
          const items = await itemsOf(guest);
          const record = await table.read({ table: 'flows', pk: `${booking.name}#${id}`, sk: 'record' });
          return named([
            ...items.map((item) => `${guest} ${entryLine(item)}`),
            `${guest} record: ${sorted(record)}`,
          ]);
        }),
      );
      const said = named([...answers, ...asked]);
      const seats = `seats: ${sorted(await table.read(seatsKey(venue)))}`;
      const lines = [...bookings.flat(), ...said, seats];
      if (!race) return lines;
      const guests = new RegExp([...ids.values()].join('|'), 'g');
      // A hash covers the name of its instance.
      const nameless = (line: string) =>
        line.replaceAll(guests, 'guest').replaceAll(/"hash":"[^"]+"/g, '"hash":"…"');
      return lines.map(nameless).sort();
    },
    transitions: async () =>
      (await Promise.all([...ids.values()].map(itemsOf))).reduce((sum, { length }) => sum + length, 0),
  };
}

/** A table in which nothing is due but what belongs to this run: others may have left something behind. */
const partOf = (table: Table, run: string): Table => ({
  read: (...asked) => table.read(...asked),
  query: (...asked) => table.query(...asked),
  transact: (...asked) => table.transact(...asked),
  async due(...asked) {
    const { keys, ...more } = await table.due(...asked);
    return { ...more, keys: keys.filter(({ pk }) => pk.endsWith(`-${run}`)) };
  },
});

/** First what a reader looks for, then all the rest. */
function entryLine(item: Item): string {
  const { flow: _, flowId: __, version, event, from, to, facts, ...rest } = item as unknown as Entry;
  const said = facts.map(({ type }) => type).join(' ');
  return `${version} ${event.type} (${event.id}) ${from} → ${to} [${said}] ${sorted({ ...rest, eventAt: event.at })}`;
}

function described(answer: Answer): string {
  const { record: _, ...said } = answer as Answer & { record?: unknown };
  return sorted(said);
}

/** JSON with its keys in order: a table need not keep them. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'none';
