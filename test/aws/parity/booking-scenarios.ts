/** What happens to bookings. Each scenario is a world of its own: a venue, a clock, its guests. */
import type { Hall } from './booking.ts';

export interface BookingScenario {
  name: string;
  seats: number;
  /** Whether who wins is open. */
  race?: boolean;
  run(hall: Hall): Promise<void>;
}

const requested = async (hall: Hall, guest = 'ann') => hall.tell(guest, 'Requested');

export const bookingScenarios: BookingScenario[] = [
  {
    name: 'an event is deferred, and applied after the change of state',
    seats: 2,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'Confirm');
      await hall.relayAll('ann');
      await hall.relayAll('ann');
    },
  },
  {
    name: 'several are applied in the order of their arrival',
    seats: 2,
    async run(hall) {
      await requested(hall);
      for (const n of [3, 1, 2]) await hall.tell('ann', 'Noted', { n });
      await hall.tell('ann', 'Cancel');
      await hall.relayAll('ann');
    },
  },
  {
    name: 'one that its action refuses is dropped by name',
    seats: 2,
    async run(hall) {
      await requested(hall);
      for (const n of [4, 5]) await hall.tell('ann', 'Noted', { n });
      await hall.relayAll('ann');
    },
  },
  {
    name: 'those that the new state rejects are dropped by name',
    seats: 2,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'Noted', { n: 1 });
      await hall.tell('ann', 'Confirm');
      hall.venueSays('Denied');
      await hall.relayAll('ann');
    },
  },
  {
    name: 'back to where events wait, what was due waits again',
    seats: 2,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'Recheck');
      await hall.tell('ann', 'Noted', { n: 1 });
      await hall.tell('ann', 'Confirm');
      await hall.relayAll('ann');
      await hall.relayAll('ann');
      await hall.relayAll('ann');
    },
  },
  {
    name: 'an event id that comes again while it waits, with the same payload and with another',
    seats: 2,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'Noted', { n: 1 }, 'note');
      await hall.tell('ann', 'Noted', { n: 1 }, 'note');
      await hall.tell('ann', 'Noted', { n: 2 }, 'note');
      await hall.relayAll('ann');
      await hall.tell('ann', 'Noted', { n: 1 }, 'note');
    },
  },
  {
    name: 'the state changes between the resolution of an event and its commit',
    seats: 2,
    async run(hall) {
      await requested(hall);
      let once = true;
      hall.setHook(async (point) => {
        if (point !== 'commit.before' || !once) return;
        once = false;
        await hall.tellElsewhere('ann', 'Granted');
      });
      await hall.tell('ann', 'Noted', { n: 1 });
      await hall.tell('ann', 'Confirm');
      await hall.relayAll('ann');
    },
  },
  {
    name: 'the venue does not answer: the deadline asks again under the same key, and the seat lapses in the end',
    seats: 2,
    async run(hall) {
      hall.venueSays('nothing');
      await requested(hall);
      await hall.relayAll('ann');
      await hall.tell('ann', 'Noted', { n: 1 });
      await hall.pass(60);
      await hall.relayAll('ann');
      hall.venueSays('Granted');
      // Two entries are due by now. The reconciler would drive them at once, and which is first differs from run to run.
      hall.advance(60);
      await hall.relayAll('ann');
      await hall.pass(0);
      await hall.relayAll('ann');
      await hall.pass(600);
    },
  },
  {
    name: 'a deadline is never taken from outside, and not before its time',
    seats: 1,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'DeadlinePassed');
      await hall.pass(59);
    },
  },
  {
    name: 'no seat is left',
    seats: 0,
    async run(hall) {
      await requested(hall);
      await hall.tell('ann', 'Confirm');
    },
  },
  {
    name: 'two at once for the last seat',
    seats: 1,
    race: true,
    async run(hall) {
      // Both have seen the seat before either commits.
      let waiting = 2;
      const { promise: meeting, resolve: both } = Promise.withResolvers<void>();
      hall.setHook((point) => {
        if (point !== 'commit.before' || waiting === 0) return undefined;
        if (--waiting === 0) both();
        return meeting;
      });
      await Promise.all(['ann', 'bob'].map((guest) => hall.tell(guest, 'Requested', {}, 'request')));
    },
  },
];
