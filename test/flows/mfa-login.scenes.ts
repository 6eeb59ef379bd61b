/** How a test brings a login into a state: by the events that lead there. */
import type { Table } from '../../core/ports.ts';
import type { JsonObject, Write } from '../../core/types.ts';
import { demoUser } from '../../local/users.ts';
import { temporaryTable } from '../support/tables.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** What `LoginRequested` carries; by default the right password of the demo user. */
export const request = (changes: { username?: string; password?: string } = {}): JsonObject => ({
  username: demoUser.username,
  password: demoUser.password,
  source: '192.0.2.1',
  ...changes,
});

/** The version that asked for the newest SMS of a login. */
export const newestSms = async (world: World, id: string): Promise<number> =>
  Number((await world.record(id))?.data['smsVersion']);

/** How an action can fail before it says anything. */
export type Failure = 'throws' | 'hangs';

export type Scene = Awaited<ReturnType<typeof createScene>>;

/** A world in which transactions and outcomes can be looked at, and actions be made to fail. */
export async function createScene(options: WorldOptions = {}) {
  const { table, close } = temporaryTable();
  const transactions: Write[][] = [];
  const watched: Table = {
    read: (key) => table.read(key),
    query: (name, pk, prefix) => table.query(name, pk, prefix),
    due: (name, before, page) => table.due(name, before, page),
    transact: (writes, how) => {
      transactions.push(writes);
      return table.transact(writes, how);
    },
  };
  const failing = new Map<string, { how: Failure; times: number }>();
  const calls: { action: string; outcome?: string }[] = [];
  const world = await createWorld({
    ...options,
    table: watched,
    invoke: async (action, call) => {
      const made: (typeof calls)[number] = { action };
      calls.push(made);
      const failure = failing.get(action);
      if (failure && failure.times > 0) {
        failure.times--;
        if (failure.how === 'hangs') return new Promise(() => {});
        throw new Error('down');
      }
      const step = await call();
      made.outcome = step.outcome;
      return step;
    },
  });
  transactions.length = 0;
  return {
    ...world,
    /** What was asked of the table, in order. */
    transactions,
    /** From now on the action fails, so many times. */
    fail: (action: string, how: Failure = 'throws', times = Number.POSITIVE_INFINITY) =>
      failing.set(action, { how, times }),
    mend: () => failing.clear(),
    /** The actions called, with what they said. */
    calls,
    close,
  };
}

/** Six digits that are not the code in the newest SMS. */
export const wrongCode = (world: World): string =>
  String((Number(world.code()) + 1) % 1_000_000).padStart(6, '0');

export async function submitWrong(world: World, id: string, times: number) {
  let answer = await world.tell(id, 'OtpSubmitted', { code: wrongCode(world) });
  for (let n = 1; n < times; n++) {
    answer = await world.tell(id, 'OtpSubmitted', { code: wrongCode(world) });
  }
  return answer;
}

export async function failSms(world: World, id: string, times: number) {
  for (let n = 0; n < times; n++) {
    await world.tell(id, 'SmsFailed', { version: await newestSms(world, id), reason: 'test' });
  }
}

/** As many logins of the demo user as it takes to use up the hour's messages to one phone. */
export async function useUpQuota(world: World) {
  for (let n = 1; n <= world.settings.smsQuotaPerHour; n++) {
    await world.begin(`earlier-${n}`);
  }
}

type Reach = (world: World, id: string) => Promise<unknown>;

const waiting: Reach = async (world, id) => {
  await world.begin(id);
  await world.relayAll(id);
};

const loggedIn: Reach = async (world, id) => {
  await waiting(world, id);
  await world.tell(id, 'OtpSubmitted', { code: world.code() });
};

/** By state: the events that lead there from nothing. */
export const reach: { [state: string]: Reach } = {
  New: async () => {},
  WaitForOtpInput: waiting,
  LoggedIn: loggedIn,
  LoggedOut: async (world, id) => {
    await loggedIn(world, id);
    await world.tell(id, 'LogoutRequested');
  },
  SessionExpired: async (world, id) => {
    await loggedIn(world, id);
    world.clock.advance(world.settings.sessionSeconds * 1000);
    await world.reconcile();
  },
  Denied: (world, id) => world.begin(id, 'wrong'),
  Locked: async (world, id) => {
    await waiting(world, id);
    await submitWrong(world, id, world.settings.attempts);
  },
  OtpExpired: async (world, id) => {
    await waiting(world, id);
    world.clock.advance(world.settings.codeSeconds * 1000);
    await world.reconcile();
  },
  Cancelled: async (world, id) => {
    await waiting(world, id);
    await world.tell(id, 'CancelRequested');
  },
  DeliveryFailed: async (world, id) => {
    await waiting(world, id);
    await failSms(world, id, 1 + world.settings.smsRetries);
  },
};
