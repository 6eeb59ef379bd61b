/** deliver: load → resolve → commit for one event. The only way anything changes. */
import { createAttempt, type Tried } from './attempt.ts';
import { fullJitter } from './backoff.ts';
import { accepts, NEW } from './definition.ts';
import { isDetentError, nameOf } from './errors.ts';
import { type Flow, recordKey } from './flow.ts';
import { recordOf } from './persistence.ts';
import type { Clock, CrashHook, Observer, Randomness, Resolver, Table } from './ports.ts';
import { KeyedQueue } from './queue.ts';
import { answerAgain, seen } from './trail.ts';
import { DEADLINE_PASSED, type Decision } from './transition.ts';
import type { FlowEvent, InstanceRecord, JsonObject, RememberedAnswer, Write } from './types.ts';

/** Limits of the engine; all times in ms. */
export interface DeliverSettings {
  /** How often a delivery may load, the first time included. */
  attempts: number;
  /** Full jitter between those. */
  backoff: { base: number; cap: number };
  /** For how long a clash repeats the commit alone. */
  clashMs: number;
  /** Largest record, and largest input of a definition, in bytes of JSON. Step Functions stops at 262,144. */
  maxBytes: number;
}

export const deliverDefaults: DeliverSettings = {
  attempts: 10,
  backoff: { base: 10, cap: 1_000 },
  clashMs: 5_000,
  maxBytes: 200_000,
};

export interface DeliverPorts {
  table: Table;
  resolver: Resolver;
  clock: Clock;
  random: Randomness;
  /** Keyed hash of a text, in hexadecimal, at least 32 digits. */
  fingerprint: (text: string) => Promise<string>;
  observe?: Observer;
  crash?: CrashHook;
  settings?: Partial<DeliverSettings>;
}

export interface Delivery {
  flow: Flow;
  flowId: string;
  event: Omit<FlowEvent, 'at'>;
  /** `own`: from our relay or a deadline; never refused for size. */
  origin?: 'outside' | 'own';
  /** More writes for the same transaction, made anew for every try (the mark on an entry). */
  alongside?: () => Promise<Write[]>;
}

/** What became of an event. `record` is the record that the answer speaks of. */
export type Answer =
  | (RememberedAnswer & {
      state: string;
      version: number;
      /** From the actions to the caller, this once: a replayed answer has none. */
      reply: JsonObject;
      replayed: boolean;
      record: InstanceRecord;
    })
  /** Not allowed: nothing was written. */
  | { status: 'rejected'; reason: string; state: string; reply: JsonObject; record: InstanceRecord }
  | { status: 'not-found' }
  /** The event id was used for something else. */
  | { status: 'key-reused' }
  /** Others were faster, as often as we tried: nothing was written. */
  | { status: 'conflict'; state: string }
  /** A needed service is down: nothing was written. */
  | { status: 'unavailable'; reason: string };

export interface Deliverer {
  /**
   * Delivers one event: at most one transition, in one transaction.
   *
   * @returns what became of it. After `unavailable` and `conflict` the same event may be delivered again.
   * @throws DetentError `too-large` (nothing was written), or one of advice `give-up`.
   */
  deliver(delivery: Delivery): Promise<Answer>;
  /**
   * Asks whether anything in the instance waits for time: due deferred events, a passed deadline. The event is built from
   * the record just loaded, on every try; so asking late, twice or for no reason does no harm.
   */
  check(flow: Flow, flowId: string): Promise<Answer>;
  /** The live record: one read, no change. */
  load(flow: Flow, flowId: string): Promise<InstanceRecord | undefined>;
}

interface Loaded {
  now: string;
  /** The version that the table holds; that of an expired record counts too. */
  version: number;
  record?: InstanceRecord;
}

export function createDeliverer(ports: DeliverPorts): Deliverer {
  const { table, clock, random, observe = () => {}, crash = () => {} } = ports;
  const settings = { ...deliverDefaults, ...ports.settings };
  const attempt = createAttempt(ports, settings);
  const queue = new KeyedQueue();

  async function load(flow: Flow, flowId: string): Promise<Loaded> {
    await crash('load.before', flowId);
    const item = await table.read(recordKey(flow.name, flowId));
    await crash('load.after', flowId);
    const now = new Date(clock.now()).toISOString();
    const stored = item && recordOf(item);
    const live = stored && !(stored.expiresAt && stored.expiresAt <= now);
    return { now, version: stored?.version ?? 0, ...(live && { record: stored }) };
  }

  async function fingerprintOf(flow: Flow, event: Pick<FlowEvent, 'type' | 'payload'>): Promise<string> {
    const { value, guessable } = flow.fingerprinted(event);
    const whole = await ports.fingerprint(JSON.stringify([event.type, value]));
    return whole.slice(0, guessable ? 4 : 32);
  }

  /**
   * Loads, decides and commits until there is an answer. What is due in the record's own queue goes first, each event in a
   * transition of its own; then comes what `choose` wants.
   */
  async function run(delivery: Delivery, choose: (loaded: Loaded) => Decision | Answer): Promise<Answer> {
    const { flow, flowId, event } = delivery;
    let state = NEW;
    for (let tries = 1; ; tries++) {
      const tried = await once();
      if (tried !== 'again') return tried;
      observe({ type: 'conflict', flow: flow.name, flowId, event: event.type, attempt: tries });
      if (tries >= settings.attempts) return { status: 'conflict', state };
      await clock.sleep(fullJitter(tries, random.fraction(), settings.backoff));
    }

    async function once(): Promise<Tried> {
      for (;;) {
        const loaded = await load(flow, flowId);
        state = loaded.record?.state ?? NEW;
        const waiting = loaded.record?.deferred.find(({ due }) => due);
        const queued =
          waiting && (await attempt({ flow, flowId, ...loaded, ...waiting, queued: true }, delivery));
        if (queued === 'again') return queued;
        // A deadline does not wait for ever behind an event that cannot be delivered.
        const stuck = queued?.status === 'unavailable';
        if (stuck && event.type !== DEADLINE_PASSED) return queued;
        if (queued && !stuck) continue;
        const chosen = choose(loaded);
        if ('status' in chosen) return queued ?? chosen;
        return attempt(chosen, delivery);
      }
    }
  }

  /** Services that fail become answers; the trail tells, next time, whether a write of unknown fate did happen. */
  async function answered(
    delivery: Delivery,
    choose: (loaded: Loaded) => Decision | Answer,
  ): Promise<Answer> {
    const { flow, flowId, event } = delivery;
    for (let tries = 1; ; tries++) {
      try {
        return await run(delivery, choose);
      } catch (error) {
        if (!isDetentError(error) || error.advice !== 'retry') throw error;
        observe({ type: 'failure', where: 'deliver', subject: flowId, error: error.name });
        if (error.code === 'resolver-failed' || tries >= 3) {
          observe({ type: 'unavailable', flow: flow.name, flowId, event: event.type, reason: error.code });
          return { status: 'unavailable', reason: error.code };
        }
        await clock.sleep(fullJitter(tries, random.fraction(), settings.backoff));
      }
    }
  }

  /** One delivery at a time for each instance in this process; then whatever the change of state has made due. */
  function deliverInTurn(delivery: Delivery, choose: (loaded: Loaded) => Decision | Answer): Promise<Answer> {
    const { flow, flowId, event } = delivery;
    return queue.run(`${flow.name}#${flowId}`, async () => {
      const answer = await answered(delivery, choose);
      const { status } = answer;
      const state = 'state' in answer ? answer.state : '';
      observe({ type: 'delivered', flow: flow.name, flowId, event: event.type, status, state });
      if (status === 'applied' && answer.record.deferred.some(({ due }) => due)) {
        // The answer stands whatever becomes of these: the index knows them, the reconciler goes on.
        await answered({ flow, flowId, event: { ...event, type: 'Deferred' } }, nothingDue).catch(
          (error: unknown) =>
            observe({ type: 'failure', where: 'deferred', subject: flowId, error: nameOf(error) }),
        );
      }
      return answer;
    });
  }

  return {
    async deliver(delivery) {
      const { flow, flowId, event } = delivery;
      const fingerprint = await fingerprintOf(flow, event);
      return deliverInTurn(delivery, (loaded) => {
        const { record, now } = loaded;
        if (!record && !accepts(flow.definition, NEW, event.type)) return { status: 'not-found' };
        if (record && event.type === DEADLINE_PASSED) return refused(record, 'NotAllowed');
        const before = record && seen(record, event.id);
        if (before)
          return before.fingerprint === fingerprint ? answerAgain(record, before) : { status: 'key-reused' };
        return { flow, flowId, ...loaded, event: { ...event, at: now }, fingerprint, queued: false };
      });
    },

    check(flow, flowId) {
      const asked = { id: '', type: DEADLINE_PASSED, payload: {} };
      return deliverInTurn({ flow, flowId, event: asked, origin: 'own' }, (loaded) => {
        const { record, now } = loaded;
        if (!record?.deadline || record.deadline > now) return nothingDue(loaded);
        const event = { ...asked, id: `${flowId}/${record.version}/deadline`, at: now };
        return { flow, flowId, ...loaded, event, fingerprint: '', queued: false };
      });
    },

    async load(flow, flowId) {
      return (await load(flow, flowId)).record;
    },
  };
}

const nothingDue = ({ record }: Loaded): Answer =>
  record ? refused(record, 'NothingDue') : { status: 'not-found' };

const refused = (record: InstanceRecord, reason: string): Answer => ({
  status: 'rejected',
  reason,
  state: record.state,
  reply: {},
  record,
});
