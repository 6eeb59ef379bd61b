/** Scale on paper: what each part of a deployment takes, and which gives out first. Pure arithmetic on counted work. */
import { BATCH, lambdaSeconds, RECORDS_AT_ONCE, seconds } from './durations.ts';
import type { Life } from './life.ts';
import { quotas, READS_PER_WRITE } from './quotas.ts';
import type { Setup } from './setups.ts';

export type StationName =
  | 'sms'
  | 'stage'
  | 'api'
  | 'lambda'
  | 'lambdaRequests'
  | 'flows'
  | 'index'
  | 'users'
  | 'quotas'
  | 'tableQuota'
  | 'indexQuota'
  | 'stream'
  | 'reconciler';

export interface Station {
  name: StationName;
  what: string;
  /** What is used up, as it stands behind a figure. */
  unit: string;
  /** Of one login. */
  perLogin: number;
  capacity: number;
  /** Logins a second at which it is used up. */
  limit: number;
  /** How to have more. */
  raise: string;
}

/** At a partition: write units, and read units by their weight. */
export const weightOf = ({ writes, reads }: Life, table: 'flows' | 'users' | 'quotas'): number =>
  writes[table] + reads[table] / READS_PER_WRITE;

/** Every part of a deployment that can be used up, the tightest first. */
export function stationsOf(setup: Setup, life: Life): Station[] {
  const { partitions } = setup;
  const partition = quotas.partitionWrites.value;
  const { httpRequests, lambdaInvocations } = life.login;
  const station = (
    name: StationName,
    what: string,
    unit: string,
    perLogin: number,
    capacity: number,
    raise: string,
  ): Station => ({ name, what, unit, perLogin, capacity, limit: capacity / perLogin, raise });
  const table = (name: 'flows' | 'users' | 'quotas') =>
    station(
      name,
      `partitions of \`${name}\``,
      'units/s',
      weightOf(life, name),
      partitions[name] * partition,
      'grows by itself, to double in 30 minutes; set warm throughput before a known rush',
    );
  return [
    station('sms', 'SMS of the account', 'SMS/s', 1, setup.smsPerSecond, 'ask, with numbers that carry it'),
    station(
      'stage',
      'throttle of the API’s stage',
      'requests/s',
      httpRequests,
      setup.stageRequests,
      'our own: `-c limits`',
    ),
    station('api', 'API Gateway, account', 'requests/s', httpRequests, setup.apiRequests, 'ask'),
    station('lambda', 'Lambda, executions at once', 'at once', lambdaSeconds, setup.lambdaConcurrency, 'ask'),
    station(
      'lambdaRequests',
      'Lambda, requests',
      'requests/s',
      lambdaInvocations,
      setup.lambdaConcurrency * quotas.lambdaRequestsEach.value,
      'goes with executions at once',
    ),
    table('flows'),
    table('users'),
    table('quotas'),
    station(
      'index',
      'shards of the index `due`',
      'units/s',
      life.writes.index,
      setup.indexShards * partition,
      'more shards: code',
    ),
    station('tableQuota', 'table quota of `flows`', 'units/s', life.writes.flows, setup.tableWrites, 'ask'),
    station('indexQuota', 'table quota of the index', 'units/s', life.writes.index, setup.tableWrites, 'ask'),
    station(
      'stream',
      'stream → relay of SMS',
      'entries/s',
      1,
      (partitions.flows * quotas.parallelizationFactor.value * BATCH) / seconds.relay,
      'grows with the partitions, of which each has a shard',
    ),
    station(
      'reconciler',
      'reconciler, ends of sessions',
      'at once',
      seconds.ending,
      setup.reconcilers * RECORDS_AT_ONCE,
      'a pass for each shard of the index: code',
    ),
  ].toSorted((one, other) => one.limit - other.limit);
}

/** The part that gives out first as the rate grows. */
export function binding(setup: Setup, life: Life): Station {
  const [first] = stationsOf(setup, life);
  if (!first) throw new Error('a deployment has parts');
  return first;
}

/** Little's law: how many are under way at once on the average. */
export const atOnce = (rate: number, holdSeconds: number): number => rate * holdSeconds;
