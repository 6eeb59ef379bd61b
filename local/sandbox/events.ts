/** What the sandbox has to tell by itself, until it has been told: the webhooks of Stripe. */
import { createHash } from 'node:crypto';
import { counted } from './ledger.ts';
import type { Store } from './store.ts';

export interface StripeEvent {
  id: string;
  object: 'event';
  type: string;
  /** Seconds since 1970 UTC. */
  created: number;
  livemode: false;
  data: { object: object };
}

export interface Events {
  tell(type: string, object: object): void;
  /** In the order in which they arose. */
  untold(): StripeEvent[];
  /** It has arrived, or never will. */
  told(id: string): void;
}

interface Kept {
  event: StripeEvent;
  told: boolean;
}

/** @param now milliseconds since 1970 UTC. */
export function createEvents(store: Store, now: () => number): Events {
  /** Up to which number all have been told: what is before it is never read again. */
  const first = () => store.get<{ n: number }>('events/first')?.n ?? 1;
  const at = (n: number) => store.get<Kept>(`event/${n}`);

  return {
    tell(type, object) {
      const n = Number(counted(store, 'events'));
      const digest = createHash('sha256').update(`${n} ${now()} ${type}`).digest('hex');
      const event: StripeEvent = {
        ...{ id: `evt_sandbox${digest.slice(0, 16)}`, object: 'event', type },
        ...{ created: Math.floor(now() / 1000), livemode: false, data: { object } },
      };
      store.put(`event/${n}`, { event, told: false });
    },

    untold() {
      const found: StripeEvent[] = [];
      for (let n = first(), kept = at(n); kept; kept = at(++n)) if (!kept.told) found.push(kept.event);
      return found;
    },

    told(id) {
      let begun = true;
      for (let n = first(), kept = at(n); kept; kept = at(++n)) {
        const told = kept.told || kept.event.id === id;
        if (told && !kept.told) store.put(`event/${n}`, { ...kept, told });
        begun &&= told;
        if (begun) store.put('events/first', { n: n + 1 });
      }
    },
  };
}
