/** Many events at once on one login: wrong codes, each a transition of its own, of which this login allows any number. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createAslResolver } from '../../adapters/embedded/asl-resolver.ts';
import { openKeyFile } from '../../adapters/embedded/key-file.ts';
import { openDataFile } from '../../adapters/embedded/sqlite-file.ts';
import { SqliteTable } from '../../adapters/embedded/sqlite-table.ts';
import { SystemClock, systemRandomness } from '../../adapters/system.ts';
import { type Action, performAction, toolsFor } from '../../core/action.ts';
import { createDeliverer } from '../../core/deliver.ts';
import type { Deliverer } from '../../core/delivery.ts';
import { keyedHash } from '../../core/keyed-hash.ts';
import type { Table } from '../../core/ports.ts';
import { mfaLogin, mfaLoginActions } from '../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { smsExecutor } from '../../flows/mfa-login/sms.ts';
import { startEngine } from '../../local/engine.ts';
import { putUser } from '../../local/users.ts';
import { cheap, UNLIMITED } from '../logins.ts';

const settings = {
  ...defaultSettings,
  ...{ smsQuotaPerHour: UNLIMITED, smsQuotaPerDay: UNLIMITED },
  ...{ attempts: UNLIMITED, failuresBeforeDelay: UNLIMITED, failuresFromAnywhere: UNLIMITED },
};
const user = { username: 'user', password: 'secret', phone: '+15550000000' };

/**
 * One after the other; all at once; or all at once and each by a deliverer of its own, as in processes of their own: they meet
 * in the table alone, which is as far from each as a database over a network.
 */
export type How = 'in turn' | 'at once' | 'apart';

/** What became of some events. */
export interface Contended {
  ms: number;
  /** Events that were applied, by their answers. */
  answered: number;
  /** Tries that another event was faster than. */
  retries: number;
  /** Events that had no answer but a conflict, and were delivered again by their caller, as a client would. */
  again: number;
}

export interface Logins {
  /**
   * Delivers so many events to a new login.
   *
   * @throws Error where one of them was not applied exactly once.
   */
  contend(events: number, how: How): Promise<Contended>;
  close(): Promise<void>;
}

/**
 * The engine as the embedded process starts it, with settings that the product would refuse: any number of attempts.
 *
 * @param deliverers how many events may be delivered apart.
 */
export async function openLogins(folder: string, deliverers: number): Promise<Logins> {
  const db = openDataFile(join(folder, 'contention.db'));
  const table = new SqliteTable(db);
  const secret = await openKeyFile(join(folder, 'keys.json'), { create: true });
  await putUser(table, user, cheap);

  const flow = mfaLogin(settings);
  const actions = new Map(mfaLoginActions(settings).map((action) => [action.name, action]));
  let retries = 0;
  const ports = {
    ...{ table, clock: new SystemClock(0), random: systemRandomness },
    resolver: createAslResolver({ [flow.name]: flow.definition }, async (name, input) => {
      const action = actions.get(name) as Action;
      return performAction(action, input, toolsFor(action, table, secret));
    }),
    fingerprint: async (text: string) => keyedHash(await secret('requests'), 'fingerprint', text, 'hex'),
    observe: ({ type }: { type: string }) => {
      if (type === 'conflict') retries++;
    },
  };
  const phone = { send: async () => ({ receipt: 'bench' }) };
  const engine = startEngine({
    ...{ ...ports, flows: { [flow.name]: flow } },
    executors: { sms: smsExecutor(table, secret, phone, settings) },
  });
  const alone = Array.from({ length: deliverers }, () => createDeliverer({ ...ports, table: far(table) }));

  /** @returns how often the caller had to ask again. */
  async function wrongCode({ deliver }: Deliverer, flowId: string, id: string): Promise<number> {
    for (let again = 0; ; again++) {
      const answer = await deliver({
        flow,
        flowId,
        event: { id, type: 'OtpSubmitted', payload: { code: '' } },
      });
      if (answer.status === 'applied') return again;
      if (answer.status !== 'conflict') throw new Error(`a wrong code: ${answer.status}`);
    }
  }

  return {
    async contend(events, how) {
      const flowId = systemRandomness.id();
      const payload = { username: user.username, password: user.password, source: '192.0.2.1' };
      const event = { id: 'begin', type: 'LoginRequested', payload };
      await engine.deliverer.deliver({ flow, flowId, event });
      await engine.background.idle();
      retries = 0;
      const begin = performance.now();
      let again = 0;
      let answered = 0;
      const tell = async (n: number) => {
        const deliverer = how === 'apart' ? alone[n] : undefined;
        again += await wrongCode(deliverer ?? engine.deliverer, flowId, `event-${n}`);
        answered++;
      };
      if (how === 'in turn') for (let n = 0; n < events; n++) await tell(n);
      else await Promise.all(Array.from({ length: events }, (_, n) => tell(n)));
      const ms = performance.now() - begin;
      const record = await engine.deliverer.load(flow, flowId);
      const left = UNLIMITED - Number(record?.data['attemptsLeft']);
      if (record?.version !== 1 + events || left !== events)
        throw new Error(
          `${events} events on one login: version ${record?.version}, ${left} attempts counted`,
        );
      return { ms, answered, retries, again };
    },
    async close() {
      await engine.background.idle();
      engine.stop();
      db.close();
    },
  };
}

/** One way or both: about what DynamoDB takes for a small read within a region. */
const DISTANCE_MS = 5;

/** A table of which every answer is late. */
function far(table: Table): Table {
  const late = async <T>(answer: Promise<T>): Promise<T> => {
    await setTimeout(DISTANCE_MS);
    return answer;
  };
  return {
    read: (...asked) => late(table.read(...asked)),
    query: (...asked) => late(table.query(...asked)),
    due: (...asked) => late(table.due(...asked)),
    transact: (...asked) => late(table.transact(...asked)),
  };
}
