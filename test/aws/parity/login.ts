/** One login scenario on one runtime: what a scenario may do, and what is written down of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { type EntryItem, entryItemOf } from '../../../core/bookkeeping.ts';
import type { EffectFailure } from '../../../core/errors.ts';
import { partition } from '../../../core/flow.ts';
import type { Table } from '../../../core/ports.ts';
import type { JsonObject } from '../../../core/types.ts';
import type { NewUser } from '../../../local/users.ts';

export interface Reply {
  status: number;
  headers: Headers;
  body: JsonObject;
}

export type Send = (
  method: string,
  path: string,
  body?: JsonObject,
  headers?: { [name: string]: string },
) => Promise<Reply>;

/** A runtime as the scenarios see it, with one user of its own. */
export interface Side {
  table: Table;
  user: NewUser;
  send: Send;
  /** The same, before all that wait in line: for requests that belong together. */
  sendNow: Send;
  /** How the network treats SMS to the user's phone from now on, for so many tries. */
  smsFails(failure: EffectFailure, times: number): void;
  /** The messages that the phone got, oldest first, and how often somebody tried to send one. */
  phone(): Promise<{ messages: string[]; tries: number }>;
  signingFails(fails: boolean): void;
  /** Time passes; then, unless it is to miss this login, the reconciler comes by. */
  pass(seconds: number, unseen?: string): Promise<void>;
  /** Ids of all logins that somebody asked for, in that order: a denied one is not told its id. */
  logins(): Promise<string[]>;
  close(): Promise<void>;
}

/** An answer to a request, for the history. */
export interface Told {
  /** The event that the request asks for; empty for one that only looks. */
  event: string;
  what: string;
  loginId?: string;
  reply: Reply;
}

export type Stage = ReturnType<typeof openStage>;

export interface LoginScenario {
  name: string;
  /** Nothing may have been signed before: functions remember the key. */
  first?: boolean;
  run(stage: Stage): Promise<void>;
}

function requestsOf(user: NewUser, send: Send) {
  const ask = async (
    told: Omit<Told, 'reply'>,
    [method, path, body]: [method: string, path: string, body?: JsonObject],
    headers?: { [name: string]: string },
  ): Promise<Told> => ({ ...told, reply: await send(method, path, body, headers) });
  return {
    ask,
    begin: (changes: { username?: string; password?: string } = {}, key?: string) => {
      const { username, password } = user;
      const body = { username, password, ...changes };
      return ask({ event: 'LoginRequested', what: 'begin' }, ['POST', '/logins', body], keyed(key));
    },
    submit: (loginId: string, code: string, key?: string) =>
      ask(
        { event: 'OtpSubmitted', what: 'submit', loginId },
        ['POST', `/logins/${loginId}/otp`, { code }],
        keyed(key),
      ),
    resend: (loginId: string, key?: string) =>
      ask(
        { event: 'ResendRequested', what: 'resend', loginId },
        ['POST', `/logins/${loginId}/resend`, {}],
        keyed(key),
      ),
  };
}

export function openStage(side: Side) {
  const told: Told[] = [];
  const { user } = side;

  const noted = async (asked: Promise<Told>): Promise<Reply> => {
    const one = await asked;
    told.push(one);
    return one.reply;
  };

  /** Until no effect of these logins is being performed, or waits for its first try. */
  async function settled(): Promise<void> {
    for (const until = Date.now() + 30_000; ; await wait(50)) {
      const all = await Promise.all((await side.logins()).map((id) => entriesOf(side.table, id)));
      if (all.flat().every(atRest)) return;
      if (Date.now() > until) throw new Error(`Effects of ${user.username} are not at rest after 30 s`);
    }
  }

  const requests = requestsOf(user, side.send);
  const { ask } = requests;

  return {
    told,
    user,
    settled,
    smsFails: (failure: EffectFailure, times = Number.POSITIVE_INFINITY) => side.smsFails(failure, times),
    smsWorks: () => side.smsFails('transient', 0),
    signingFails: side.signingFails,
    /** Begins a login, waits until its SMS is at rest, and returns the login's id; empty where it was denied. */
    async begin(...args: Parameters<typeof requests.begin>): Promise<string> {
      const { body } = await noted(requests.begin(...args));
      await settled();
      return String(body['loginId'] ?? '');
    },
    async submit(...args: Parameters<typeof requests.submit>): Promise<{ token: string }> {
      const { body } = await noted(requests.submit(...args));
      const session = body['session'] as JsonObject | undefined;
      return { token: String(session?.['token'] ?? '') };
    },
    async resend(...args: Parameters<typeof requests.resend>): Promise<void> {
      await noted(requests.resend(...args));
      await settled();
    },
    look: (loginId: string) =>
      noted(ask({ event: '', what: 'look', loginId }, ['GET', `/logins/${loginId}`])),
    cancel: (loginId: string) =>
      noted(ask({ event: 'CancelRequested', what: 'cancel', loginId }, ['DELETE', `/logins/${loginId}`])),
    session: (loginId: string, token: string) =>
      noted(ask({ event: '', what: 'session', loginId }, ['GET', '/session'], bearer(token))),
    logout: (loginId: string, token: string) =>
      noted(
        ask({ event: 'LogoutRequested', what: 'logout', loginId }, ['DELETE', '/session'], bearer(token)),
      ),
    /** All at once. Who comes first is open: the answers are written down in an order of their own. */
    async atOnce(make: (asking: ReturnType<typeof requestsOf>) => Promise<Told>[]): Promise<void> {
      const all = await Promise.all(make(requestsOf(user, side.sendNow)));
      told.push(
        ...all.sort((one, other) => one.reply.status - other.reply.status || left(other) - left(one)),
      );
      await settled();
    },
    async pass(seconds: number): Promise<void> {
      await side.pass(seconds);
      await settled();
    },
    /** Time passes, and the reconciler does not see this login. */
    passUnseen: (loginId: string, seconds: number) => side.pass(seconds, loginId),
    /** The code in the newest message. */
    async code(): Promise<string> {
      const { messages } = await side.phone();
      return /\d{6}/.exec(messages.at(-1) ?? '')?.[0] ?? '';
    },
    /** Six digits that are not the code in the newest message. */
    async wrong(): Promise<string> {
      const { messages } = await side.phone();
      const code = Number(/\d{6}/.exec(messages.at(-1) ?? '')?.[0]);
      return String((code + 1) % 1_000_000).padStart(6, '0');
    },
  };
}

const keyed = (key?: string) => (key === undefined ? undefined : { 'idempotency-key': key });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const left = ({ reply }: Told): number => Number(reply.body['attemptsLeft'] ?? 0);

export const entriesOf = async (table: Table, loginId: string): Promise<EntryItem[]> =>
  (await table.query('flows', partition('mfa-login', loginId), 'entry#')).map(({ item }) =>
    entryItemOf(item),
  );

const atRest = ({ delivery }: EntryItem): boolean =>
  Object.values(delivery).every(
    ({ status, attempt }) => status !== 'claimed' && !(status === 'pending' && attempt === 0),
  );
