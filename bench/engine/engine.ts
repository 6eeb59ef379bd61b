/** Logins through the whole engine: deliver, the definition, the actions, the table, the relay and its mark. */
import { randomBytes } from 'node:crypto';
import type { Table, TransactOptions } from '../../core/ports.ts';
import type { Write } from '../../core/types.ts';
import { deriveCode } from '../../flows/mfa-login/otp.ts';
import { defaultSettings } from '../../flows/mfa-login/settings.ts';
import { openRuntime } from '../../local/runtime.ts';
import { putUser } from '../../local/users.ts';
import { type Run, runOf } from './run.ts';

/** Passwords are not what is measured here. */
export const cheap = { N: 16, r: 1, p: 1 };
const UNLIMITED = 1_000_000_000;

/** What the logins of a round needed, counted. */
export interface Work {
  events: number;
  messages: number;
  /** Rows put, added to or deleted. */
  rows: number;
  /** Transactions but for the relay's claims; several may share a commit. */
  commits: number;
  /** Of these, those that are answered after an fsync. */
  fsyncs: number;
}

const nothing = (): Work => ({ events: 0, messages: 0, rows: 0, commits: 0, fsyncs: 0 });

export interface Engine {
  /** @param concurrency how many logins are under way at once, each of a user of its own. */
  run(logins: number, concurrency: number): Promise<Run & { work: Work }>;
  close(): Promise<void>;
}

/** @param users at least as many as logins will be under way at once. */
export async function openEngine(dataDir: string, users: number): Promise<Engine> {
  let work = nothing();
  let times: number[] = [];
  const runtime = await openRuntime({
    dataDir,
    settings: { ...defaultSettings, smsQuotaPerHour: UNLIMITED, smsQuotaPerDay: UNLIMITED },
    observe: ({ type }) => {
      if (type === 'delivered') work.events++;
    },
    phone: {
      // The phone is not ours: the relay and its mark are measured, not what an inbox would store.
      async send() {
        work.messages++;
        return { receipt: 'bench' };
      },
    },
  });
  const { deliverer, secret, table } = runtime;
  const { flow } = runtime.mfaLogin;
  for (let n = 0; n < users; n++) {
    const phone = `+1555${String(n).padStart(7, '0')}`;
    await putUser(table, { username: `user-${n}`, password: 'secret', phone }, cheap);
  }
  count(table, (writes, durability) => {
    work.rows += writes.filter(({ op }) => op !== 'check').length;
    if (durability !== 'relaxed') work.commits++;
    if (durability === 'full') work.fsyncs++;
  });

  async function tell(flowId: string, type: string, payload: { [field: string]: string }) {
    const begin = performance.now();
    const answer = await deliverer.deliver({
      flow,
      flowId,
      event: { id: `${flowId}-${type}`, type, payload },
    });
    times.push(performance.now() - begin);
    return answer;
  }

  async function login(username: string): Promise<void> {
    const flowId = randomBytes(16).toString('base64url');
    const begun = await tell(flowId, 'LoginRequested', { username, password: 'secret', source: '192.0.2.1' });
    if (!('record' in begun)) throw new Error(`login: ${begun.status}`);
    const code = deriveCode(await secret('otp'), flowId, Number(begun.record?.data['codeCounter']));
    const done = await tell(flowId, 'OtpSubmitted', { code });
    if (!('state' in done) || done.state !== 'LoggedIn') throw new Error(`code: ${done.status}`);
  }

  return {
    async run(logins, concurrency) {
      work = nothing();
      times = [];
      const left = Array.from({ length: logins }).values();
      const begin = performance.now();
      await Promise.all(
        Array.from({ length: concurrency }, async (_, user) => {
          for (const _turn of left) await login(`user-${user}`);
        }),
      );
      // The last marks are part of the work.
      await runtime.idle();
      return { ...runOf(logins, times, begin, performance.now()), work };
    },
    close: () => runtime.close(),
  };
}

/** Tells of every transaction that the table is asked for, from now on. */
function count(
  table: Table,
  tell: (writes: Write[], durability: TransactOptions['durability']) => void,
): void {
  const transact = table.transact.bind(table);
  table.transact = (writes, options) => {
    tell(writes, options?.durability ?? 'full');
    return transact(writes, options);
  };
}
