/** A venue with few seats, and guests who change their minds before it has answered. */
import type { Chance } from '../world/chance.ts';
import type { Network, Told } from '../world/network.ts';
import type { Kit } from '../world/process.ts';
import { type Order, Provider } from '../world/provider.ts';
import type { Surroundings } from '../world/surroundings.ts';
import { booking, bookingActions } from './booking.ts';

export interface Bookings {
  kit: Kit;
  venue: string;
  seats: number;
  live(network: Network): Promise<void>;
}

export function createBookings(around: Surroundings): Bookings {
  const chance = around.chance('guests');
  const provider = new Provider(around, 'venue');
  const post = new Provider(around, 'post');
  /** The first answer under a key is the answer. */
  const answers = new Map<string, 'Granted' | 'Denied'>();
  let network: Network | undefined;

  const decide = (key: string) => {
    const known = answers.get(key);
    const answer = known ?? (chance.chance(0.8) ? 'Granted' : 'Denied');
    answers.set(key, answer);
    return answer;
  };
  /** The venue also calls back by itself: before its reply, long after it, or twice. */
  const callBack = async (flowId: string, effectId: string, type: string) => {
    await around.delay(0, chance.pick([100, 5_000, 90_000]));
    if (around.faults.calm) return;
    const event = { id: `callback ${effectId}`, type, payload: {} };
    await network?.request({ flow: booking, flowId, event });
  };
  const executors: Kit['executors'] = (_table, process) => ({
    venue: {
      async perform({ id: effectId }, { flowId, key }) {
        const order: Order = { flowId, effectId, key, detail: {}, known: answers.has(key) };
        const type = await provider.perform(order, process, () => {
          const answer = decide(key);
          order.detail['answer'] = answer;
          if (chance.chance(0.4)) void callBack(flowId, effectId, answer);
          return answer;
        });
        return { event: { type, payload: {} }, receipt: key };
      },
      // Whoever does not know whether the seat is taken must not give it away: the deadline asks again.
      failure: (_effect, { failure }) =>
        failure === 'ambiguous' ? undefined : { type: 'Denied', payload: {} },
    },
    ticket: {
      perform: ({ id: effectId, to = '' }, { flowId, key }) =>
        post.perform({ flowId, effectId, key, detail: { to } }, process, () => ({ done: true as const })),
      failure: () => undefined,
    },
  });
  const kit: Kit = { flow: booking, actions: bookingActions, executors };

  return {
    kit,
    venue: 'hall',
    seats: chance.whole(1, 4),
    async live(reached) {
      network = reached;
      const guests = Array.from({ length: chance.whole(1, 5) }, (_, n) =>
        visit(around, reached, around.chance(`guest ${n}`)),
      );
      await Promise.all(guests);
    },
  };
}

async function visit(around: Surroundings, network: Network, chance: Chance): Promise<void> {
  const over = () => around.faults.calm;
  const flowId = chance.id().replaceAll(' ', '-');
  const tell = (type: string, payload = {}): Promise<Told> => {
    const event = { id: chance.id(), type, payload };
    return over() ? Promise.resolve('broken') : network.request({ flow: booking, flowId, event });
  };
  await around.pause(chance.between(0, 30_000));
  await tell('Requested', { venue: 'hall' });
  for (let n = 1, steps = chance.whole(1, 6); n <= steps && !over(); n++) {
    const what = chance.fraction();
    if (what < 0.5) await tell('Noted', { n });
    else if (what < 0.6)
      await Promise.all([tell('Recheck'), tell('Noted', { n }), tell('Noted', { n: n + 200 })]);
    else if (what < 0.65) await tell('DeadlinePassed');
    else if (what < 0.7) await Promise.all([tell('Noted', { n }), tell('Noted', { n: n + 100 })]);
    else if (what < 0.8) await around.pause(chance.between(0, 70_000));
    else if (what < 0.9) await tell('Cancel');
    else await Promise.all([tell('Confirm'), tell('Cancel')]);
    await around.pause(chance.between(0, chance.pick([50, 2_000])));
  }
  if (chance.chance(0.7)) await tell('Confirm');
}
