/** One run: a world made from a seed, its people's day, the calm after it. */

import type { StoredItem } from '../../core/ports.ts';
import type { Json } from '../../core/types.ts';
import { putUser } from '../../local/users.ts';
import { cheapCost } from '../support/world.ts';
import { type Cast, casts } from './cast.ts';
import { seatsKey } from './flows/booking.ts';
import { type Bookings, createBookings } from './flows/bookings.ts';
import { type Checkouts, createCheckouts } from './flows/checkouts.ts';
import { createLogins, type Logins } from './flows/logins.ts';
import { createPayments, type Payments } from './flows/payments.ts';
import { createMachine } from './world/machines.ts';
import { Network } from './world/network.ts';
import { Surroundings } from './world/surroundings.ts';

const MINUTE = 60_000;
/** A run takes a few thousand steps; one that takes so many never ends. */
const ENDLESS = 300_000;
/** How long a day lasts at the most, in simulated time. */
const DAY = 60 * MINUTE;
/** Effects are tried for some 4 minutes, an entry is looked for after one, and a provider may be away for 7 more. */
const SETTLED = 16 * MINUTE;
/** A code lives for 5 minutes, a session for 15, a held seat for 10, a held amount for 15; goods are on their way for up to 35, and money is
 * asked for after an hour. */
const OVER = 62 * MINUTE;

export interface Plan {
  /** After how many steps the world becomes calm: nothing goes wrong any more, nobody asks for anything new. */
  steps?: number | undefined;
  /** After how many steps it is given up. */
  patience?: number | undefined;
  /** Whose day it is; default: everybody's. */
  only?: readonly Cast[] | undefined;
}

/** What is left after a run, for the checks. */
export interface Run {
  seed: number;
  kind: 'embedded' | 'distributed';
  around: Surroundings;
  logins: Logins;
  bookings: Bookings;
  payments: Payments;
  checkouts: Checkouts;
  /** What was there before anything happened, and what is there at the end. */
  initial: StoredItem[];
  contents: StoredItem[];
  /** How many events were delivered, whoever they came from. */
  events: number;
  /** Where every effect should be settled, and where every instance should be at its end. */
  settled: Glance;
  over: Glance;
  /** The step at which the world became calm. */
  calmAt: number;
  /** It did not come to rest: what is here is how it stood when it was given up. */
  endless?: true;
}

/** What stands in the table `flows` at some instant. */
export interface Glance {
  now: string;
  items: { pk: string; sk: string; item: { [field: string]: Json } }[];
}

/** A run is the same whenever seed and plan are. */
export async function run(seed: number, plan: Plan = {}): Promise<Run> {
  const { steps = Number.POSITIVE_INFINITY, patience = ENDLESS, only = casts } = plan;
  const around = new Surroundings(seed);
  const { scheduler, faults, trace } = around;
  const logins = createLogins(around);
  const bookings = createBookings(around);
  const payments = createPayments(around);
  const checkouts = createCheckouts(around);
  const all = { logins, bookings, payments, checkouts };
  const kits = Object.values(all).map(({ kit }) => kit);
  faults.calm = true;
  const machine = createMachine(around, kits);
  const { storage } = machine;
  await scheduler.working(async () => {
    for (const person of logins.people) await putUser(storage.table, person, cheapCost);
    const seats = { left: bookings.seats, held: 0, sold: 0 };
    await storage.table.transact([{ op: 'put', key: seatsKey(bookings.venue), item: seats }]);
    await checkouts.stock(storage.table);
  });
  const initial = storage.contents();
  faults.calm = false;
  machine.start();

  const network = new Network(around, machine.processes);
  let done = false;
  void Promise.all(only.map((one) => all[one].live(network))).then(() => {
    done = true;
  });
  const end = around.now + DAY;
  await scheduler.run(end, () => done || scheduler.steps >= Math.min(steps, patience));
  faults.calm = true;
  const calmAt = scheduler.steps;
  trace.add({ what: 'calm' });

  const endless = () => scheduler.steps > patience;
  const rest = (ms: number) => scheduler.run(around.now + ms, endless);
  const glance = (): Glance => ({
    now: new Date(around.now).toISOString(),
    items: storage
      .contents()
      .flatMap(({ key: { table, pk, sk }, item }) => (table === 'flows' ? [{ pk, sk, item }] : [])),
  });
  await rest(SETTLED);
  const settled = glance();
  await rest(OVER);
  const over = glance();
  machine.stop();
  const contents = storage.contents();
  storage.close();
  trace.end();
  scheduler.end();
  const events = trace.of('signal').filter(({ signal }) => signal.type === 'delivered').length;
  return {
    ...{
      seed,
      kind: machine.kind,
      around,
      initial,
      contents,
      ...all,
      events,
      settled,
      over,
      calmAt,
      ...(endless() && { endless: true }),
    },
  };
}
