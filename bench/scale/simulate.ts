/** Logins through everything that they use. */
import { BATCH, RECORDS_AT_ONCE, seconds } from './durations.ts';
import type { Life } from './life.ts';
import { runNetwork, type Seen, type Visit } from './network.ts';
import { type StationName, stationsOf, weightOf } from './paper.ts';
import { quotas } from './quotas.ts';
import { randomOf } from './random.ts';
import type { Setup } from './setups.ts';
import { Lane, Rate, type Server, Slots, Spread } from './stations.ts';

/** The executions have no limit, and are watched all the same. */
export type Place = StationName | 'express';

export interface RunOptions {
  setup: Setup;
  life: Life;
  /** Logins a second. */
  rate: number;
  logins: number;
  seed: number;
  /** One of so many logins is simulated, with as small a part of everything: so that great rates last as long as small ones. */
  thinning?: number;
}

/** More partitions would only be emptier each. */
const MOST_PARTS = 8;

/**
 * Pauses of people and the length of sessions are left out: they hold nothing but items. Where somebody waits, what they hold
 * is not held for longer: the holds are those that are assumed. Neither changes where a queue begins to grow.
 */
export function simulate({ setup, life, rate, logins, seed, thinning = 1 }: RunOptions): Map<Place, Seen> {
  const random = randomOf(seed);
  const seen = runNetwork({
    places: placesOf(setup, life, thinning, random.below),
    path: pathOf(life),
    rate: rate / thinning,
    visitors: logins,
    random,
  });
  return new Map([...seen].map(([place, one]) => [place, { ...one, busy: one.busy * thinning }]));
}

function placesOf(
  setup: Setup,
  life: Life,
  thinning: number,
  draw: (count: number) => number,
): Map<Place, Server> {
  const capacity = new Map(stationsOf(setup, life).map(({ name, capacity }) => [name, capacity / thinning]));
  const of = (name: StationName) => capacity.get(name) ?? 0;
  const rate = (name: StationName): Server => new Rate(of(name));
  const parts = (name: StationName, count: number): Server => {
    const made = Math.min(count, MOST_PARTS);
    return new Spread(
      Array.from({ length: made }, () => new Rate(of(name) / made)),
      draw,
    );
  };
  const lanes = Math.round((setup.partitions.flows * quotas.parallelizationFactor.value) / thinning);
  return new Map<Place, Server>([
    ['sms', rate('sms')],
    ['stage', rate('stage')],
    ['api', rate('api')],
    ['lambda', new Slots(Math.round(of('lambda')))],
    ['lambdaRequests', rate('lambdaRequests')],
    ['express', new Slots(Number.POSITIVE_INFINITY)],
    ['flows', parts('flows', setup.partitions.flows)],
    ['users', parts('users', setup.partitions.users)],
    ['quotas', parts('quotas', setup.partitions.quotas)],
    ['index', parts('index', setup.indexShards)],
    ['tableQuota', rate('tableQuota')],
    ['indexQuota', rate('indexQuota')],
    [
      'stream',
      new Spread(
        Array.from({ length: lanes }, () => new Lane(BATCH)),
        draw,
      ),
    ],
    ['reconciler', new Slots(Math.round((setup.reconcilers * RECORDS_AT_ONCE) / thinning))],
  ]);
}

/** What one login visits, in order. What a table is asked for is shared out evenly among the times at which it is asked. */
function pathOf(life: Life): Visit<Place>[] {
  const through = (place: Place, amount: number): Visit<Place> => ({ place, amount, through: true });
  const begun = (place: Place, amount: number): Visit<Place> => ({ place, amount, through: false });
  const call = (hold: number, visit: typeof through) => [through('lambdaRequests', 1), visit('lambda', hold)];
  /** Two requests, the relay, the end. */
  const TIMES = 4;
  const flows = [
    through('flows', weightOf(life, 'flows') / TIMES),
    through('tableQuota', life.writes.flows / TIMES),
    through('index', life.writes.index / TIMES),
    through('indexQuota', life.writes.index / TIMES),
  ];
  const request = (n: 0 | 1): Visit<Place>[] => [
    through('stage', 1),
    through('api', 1),
    ...call(seconds.requests[n], begun),
    begun('express', seconds.executions[n]),
    through('users', weightOf(life, 'users') / 2),
    ...seconds.actions[n].flatMap((hold) => call(hold, through)),
    ...flows,
  ];
  return [
    ...request(0),
    through('quotas', weightOf(life, 'quotas')),
    begun('stream', seconds.relay),
    ...call(seconds.relay, begun),
    through('sms', 1),
    ...flows,
    ...request(1),
    through('reconciler', seconds.ending),
    begun('express', seconds.executions[1]),
    ...flows,
  ];
}
