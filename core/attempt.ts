/** One try at one event on a record just loaded: resolve, then commit. */
import { fullJitter } from './backoff.ts';
import { NEW, parseOutput } from './definition.ts';
import type { Answer, DeliverPorts, DeliverSettings, Delivery } from './delivery.ts';
import { DetentError } from './errors.ts';
import { sealed } from './journal.ts';
import { persist } from './persistence.ts';
import { bytesOf, isLarger } from './size.ts';
import { applied, type Decision, deferred, dropped, MAX_DEFERRED, project } from './transition.ts';
import type { Entry, JsonObject, Write } from './types.ts';

/** What one try came to; `again` sends the delivery back to load. */
export type Tried = Answer | 'again';

export function createAttempt(ports: DeliverPorts, settings: DeliverSettings) {
  const { table, resolver, clock, random, observe = () => {}, crash = () => {} } = ports;

  /** Our own events may exceed the limit: it leaves them room below the hard one of Step Functions. */
  function guardSize(what: string, value: unknown, own: boolean): void {
    const { maxBytes } = settings;
    if (own || !isLarger(value, maxBytes)) return;
    throw new DetentError(
      'too-large',
      `${what} would have ${bytesOf(value)} bytes; the limit is ${maxBytes}. Nothing was written.`,
    );
  }

  async function commit(
    decision: Decision,
    delivery: Delivery,
    made: Entry,
    domain: Write[],
    reply: JsonObject,
  ) {
    const { flow, flowId, version } = decision;
    const entry = flow.persistence === 'journal' ? sealed(decision.record, made) : made;
    const record = project(decision.record, entry);
    guardSize(`The record of this ${flow.name}`, record, isOwn(decision, delivery));
    const foreign = domain.find(({ key }) => !flow.tables.includes(key.table));
    if (foreign) {
      throw new DetentError(
        'invalid-action-result',
        `${flow.name} may not write to the table ${foreign.key.table}`,
      );
    }
    const alongside = decision.queued ? [] : ((await delivery.alongside?.()) ?? []);
    const writes = [...persist(flow, version, record, entry), ...domain, ...alongside];
    await crash('commit.before', flowId);
    const outcome = await transact(decision, writes);
    await crash('commit.after', flowId);
    if (outcome === 'conflict') return 'again' as const;
    return { ...entry.answer, state: record.state, version: record.version, reply, replayed: false, record };
  }

  /** Repeats the same writes while they only clash; an endless clash is as good as a conflict. */
  async function transact({ flow, flowId, event }: Decision, writes: Write[]) {
    const until = clock.now() + settings.clashMs;
    for (let attempt = 1; ; attempt++) {
      const outcome = await table.transact(writes);
      if (outcome !== 'clash') return outcome;
      observe({ type: 'clash', flow: flow.name, flowId, event: event.type, attempt });
      if (clock.now() >= until) return 'conflict';
      await clock.sleep(1 + fullJitter(attempt, random.fraction(), settings.backoff));
    }
  }

  return async function attempt(decision: Decision, delivery: Delivery): Promise<Tried> {
    const { flow, flowId, record, version, event, now, queued, retry } = decision;
    const input = {
      flow: {
        ...{ name: flow.name, id: flowId, state: record?.state ?? NEW, version },
        ...(retry && { retry: true as const }),
      },
      event,
      now,
      step: { data: record?.data ?? {}, effects: [], facts: [], writes: [], reply: {}, outcome: '' },
    };
    guardSize(`The definition input of this ${flow.name}`, input, isOwn(decision, delivery));
    await crash('resolve.before', flowId);
    const output = parseOutput(flow.name, await resolver.resolve(flow.name, input));
    await crash('resolve.after', flowId);

    if ('unavailable' in output) return { status: 'unavailable', reason: output.unavailable.reason };
    if ('state' in output) {
      return commit(decision, delivery, applied(decision, output), output.step.writes, output.step.reply);
    }
    if ('deferred' in output) {
      const full = !isOwn(decision, delivery) && (record?.deferred.length ?? 0) >= MAX_DEFERRED;
      return full
        ? rejected(decision, 'TooManyDeferred')
        : commit(decision, delivery, deferred(decision), [], {});
    }
    if (queued) return commit(decision, delivery, dropped(decision), [], {});
    return rejected(decision, output.rejected.reason, output.rejected.reply);
  };
}

/** Ours, or already taken into the queue: no longer refused for size. */
const isOwn = (decision: Decision, delivery: Delivery): boolean =>
  decision.queued || delivery.origin === 'own';

const rejected = ({ record }: Decision, reason: string, reply: JsonObject = {}): Answer => ({
  ...{ status: 'rejected', reason, state: record?.state ?? NEW, reply },
  ...(record && { record }),
});
