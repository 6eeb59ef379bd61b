/** deliver: load → resolve → commit for one event. The only way anything changes. */
import { createAttempt, type Tried } from './attempt.ts';
import { fullJitter } from './backoff.ts';
import { accepts, NEW } from './definition.ts';
import {
  type Answer,
  type Deliverer,
  type DeliverPorts,
  type Delivery,
  deliverDefaults,
} from './delivery.ts';
import { isDetentError, loggable } from './errors.ts';
import { type Flow, recordKey } from './flow.ts';
import { recordOf } from './persistence.ts';
import { KeyedQueue } from './queue.ts';
import { answerAgain, seen } from './trail.ts';
import { DEADLINE_PASSED, type Decision } from './transition.ts';
import type { FlowEvent, InstanceRecord } from './types.ts';

interface Loaded {
  now: string;
  /** The version that the table holds; that of an expired record counts too. */
  version: number;
  record?: InstanceRecord;
  /** Whether an earlier try ended in a conflict. */
  retry: boolean;
}

export function createDeliverer(ports: DeliverPorts): Deliverer {
  const { table, clock, random, observe = () => {}, crash = () => {} } = ports;
  const settings = { ...deliverDefaults, ...ports.settings };
  const attempt = createAttempt(ports, settings);
  const queue = new KeyedQueue();

  const nowIso = () => new Date(clock.now()).toISOString();

  async function load(flow: Flow, flowId: string, retry = false): Promise<Loaded> {
    await crash('load.before', flowId);
    const item = await table.read(recordKey(flow.name, flowId));
    await crash('load.after', flowId);
    const now = nowIso();
    const stored = item && recordOf(item);
    const live = stored && !(stored.expiresAt && stored.expiresAt <= now);
    return { now, retry, version: stored?.version ?? 0, ...(live && { record: stored }) };
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
    const until = clock.now() + settings.patienceMs;
    let state = NEW;
    for (let tries = 1; ; tries++) {
      const tried = await once(tries > 1);
      if (tried !== 'again') return tried;
      observe({ type: 'conflict', flow: flow.name, flowId, event: event.type, attempt: tries });
      if (tries >= settings.attempts || clock.now() >= until) return { status: 'conflict', state };
      await clock.sleep(fullJitter(tries, random.fraction(), settings.backoff));
    }

    async function once(retry: boolean): Promise<Tried> {
      for (let blind = delivery.fresh === true && !retry; ; blind = false) {
        const loaded = blind ? { now: nowIso(), version: 0, retry } : await load(flow, flowId, retry);
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
        const tried = 'status' in chosen ? (queued ?? chosen) : await attempt(chosen, delivery);
        // Only a commit proves that the instance was absent.
        if (blind && tried !== 'again' && isAbsent(tried)) continue;
        return tried;
      }
    }
  }

  /** Services that fail become answers; the trail tells, next time, whether a write of unknown fate did happen. */
  async function answered(
    delivery: Delivery,
    choose: (loaded: Loaded) => Decision | Answer,
  ): Promise<Answer> {
    const { flow, flowId, event } = delivery;
    const { fresh: _, ...known } = delivery;
    for (let tries = 1; ; tries++) {
      try {
        return await run(tries === 1 ? delivery : known, choose);
      } catch (error) {
        if (!isDetentError(error) || error.advice !== 'retry') throw error;
        observe({ type: 'failure', where: 'deliver', subject: flowId, error: loggable(error) });
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
            observe({ type: 'failure', where: 'deferred', subject: flowId, error: loggable(error) }),
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
        const before = record && seen(flow, record, event.id);
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

const isAbsent = (answer: Answer): boolean =>
  answer.status === 'not-found' || (answer.status === 'rejected' && !answer.record);

const nothingDue = ({ record }: Loaded): Answer =>
  record ? refused(record, 'NothingDue') : { status: 'not-found' };

const refused = (record: InstanceRecord, reason: string): Answer => ({
  status: 'rejected',
  reason,
  state: record.state,
  reply: {},
  record,
});
