/** What a login asks of each part of the deployment, from its first request to the end of its session: counted. */
import { temporaryTable } from '../../test/support/tables.ts';
import { createWorld } from '../../test/support/world.ts';
import { countedOf } from '../bill.ts';
import { billOfLogin } from '../cost-login.ts';
import { countingTable, type Request } from '../counting-table.ts';
import type { Counted } from '../prices.ts';

/** Units of one login by table, its places in the index apart. */
export interface Units {
  /** Of the items of `flows`, without the index. */
  flows: number;
  index: number;
  users: number;
  quotas: number;
}

export interface Life {
  /** As `bench:cost` counts it: until the code was right. */
  login: Counted;
  /** What the end of the session comes to, if nobody logs out before: the reconciler delivers it. */
  ending: { executions: number; writeUnits: number; readUnits: number };
  /** Of both together. */
  writes: Units;
  reads: Units;
  /** Items of `flows` that change, and so records of its stream. */
  streamRecords: number;
}

/** The units of requests by table; those of the index apart, as `index`. */
export function unitsOf(requests: readonly Request[]): Units & { [table: string]: number } {
  const units: Units & { [table: string]: number } = { flows: 0, index: 0, users: 0, quotas: 0 };
  for (const { key, units: all, index } of requests.flat()) {
    units[key.table] = (units[key.table] ?? 0) + all - index;
    units.index += index;
  }
  return units;
}

const isRead = ([first]: Request): boolean => first?.what === 'read';

/** Runs two logins through the engine: the one of the bill, and one whose session comes to its end. */
export async function lifeOfLogin(): Promise<Life> {
  const bill = await billOfLogin();
  const end = await endOfSession();
  const requests = [...bill.requests, ...end];
  const reads = requests.filter(isRead);
  const writes = requests.filter((request) => !isRead(request));
  const { all } = countedOf({
    requests: end,
    counted: { executions: 1, lambdaInvocations: 0, httpRequests: 0 },
  });
  const { executions, writeUnits, readUnits } = all;
  return {
    login: countedOf(bill).all,
    ending: { executions, writeUnits, readUnits },
    writes: unitsOf(writes),
    reads: unitsOf(reads),
    streamRecords: writes.flat().filter(({ key, what }) => key.table === 'flows' && what !== 'check').length,
  };
}

/** What the reconciler asks of the table for one login whose session is over, its look into the index apart. */
async function endOfSession(): Promise<Request[]> {
  const own = temporaryTable();
  try {
    const counted = countingTable(own.table);
    const world = await createWorld({ table: counted.table });
    const id = 'login-of-22-characters';
    await world.begin(id);
    await world.relayAll(id);
    await world.tell(id, 'OtpSubmitted', { code: world.code() });
    world.clock.advance(world.settings.sessionSeconds * 1_000);
    counted.requests.length = 0;
    const { records } = await world.reconcile();
    if (records !== 1) throw new Error(`the end of one session was due, not ${records}`);
    return [...counted.requests];
  } finally {
    own.close();
  }
}
