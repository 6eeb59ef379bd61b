/** Clients that go through logins until the process is gone, and remember what they were told. */
import { expect } from '@jest/globals';
import { type Answered, codeOf, type Started } from '../support/process.ts';

export const user = { username: 'someone', password: 'a pass phrase', phone: '+15555550177' };

/** So many SMS and failures that no limit is reached. */
export const unlimited = {
  SMS_QUOTA_PER_PHONE: '100000',
  SMS_QUOTA_PER_PHONE_DAY: '100000',
  ACCOUNT_FAILURES_BEFORE_DELAY: '100000',
};

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A code of six digits that is not this one. */
export const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** What a client was told of one login. */
export interface Told {
  loginId: string;
  /** The farthest state that an answer named. */
  state: 'WaitForOtpInput' | 'LoggedIn' | 'Cancelled';
  /** The fewest attempts that an answer named. */
  attemptsLeft: number;
  /** A request whose answer never came: it may have happened or not. */
  asked?: 'LoggedIn' | 'Cancelled' | 'attempt';
}

export const finished = (told: Told[]) => told.filter(({ state }) => state === 'LoggedIn').length;

/** Resolves when each client has lost the process, and rejects where one was given a wrong answer. */
export async function untilGone(clients: Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(clients)) {
    // A connection that broke is the end of the process; anything else is an answer that was wrong.
    if (end.status === 'rejected')
      expect(String(end.reason.cause ?? end.reason)).toMatch(/ECONNRE|socket|closed/i);
  }
}

/** Sends from `count` clients at once until the process is gone. */
export const load = (detent: Started, told: Told[], count: number): Promise<void> =>
  untilGone(Array.from({ length: count }, (_, n) => client(detent, told, n)));

/** Waits until this is reached, or a client was given a wrong answer. */
export async function until(reached: () => boolean, clients: Promise<void>): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  clients.then(end, end);
  while (!over && !reached()) await pause(5);
}

async function client(detent: Started, told: Told[], number: number): Promise<void> {
  const { username, password } = user;
  for (let round = number; ; round++) {
    const { status, body } = await detent.post('/logins', { username, password });
    expect(status).toBe(201);
    const login: Told = { loginId: String(body['loginId']), state: 'WaitForOtpInput', attemptsLeft: 3 };
    told.push(login);
    const path = `/logins/${login.loginId}`;
    if (round % 4 === 0) continue;
    if (round % 4 === 1) {
      await telling(login, 'Cancelled', () => detent.send('DELETE', path));
      continue;
    }
    const code = await codeOf(detent, login.loginId);
    if (round % 4 === 2) {
      login.asked = 'attempt';
      const answer = await detent.post(`${path}/otp`, { code: wrongCode(code) });
      expect(answer).toMatchObject({ status: 401, body: { attemptsLeft: 2 } });
      login.attemptsLeft = 2;
      delete login.asked;
    }
    await telling(login, 'LoggedIn', () => detent.post(`${path}/otp`, { code }));
  }
}

async function telling(login: Told, state: 'LoggedIn' | 'Cancelled', request: () => Promise<Answered>) {
  login.asked = state;
  expect((await request()).status).toBe(200);
  login.state = state;
  delete login.asked;
}

/** After a restart: everything that was told is so, and every code has arrived or still does. */
export async function expectStillTrue(detent: Started, told: Told[]): Promise<void> {
  for (const { loginId, state, attemptsLeft, asked } of told) {
    const { body } = await detent.get(`/logins/${loginId}`);
    expect([state, asked]).toContain(body['state']);
    expect(Number(body['attemptsLeft'])).toBeLessThanOrEqual(attemptsLeft);
    expect(Number(body['attemptsLeft'])).toBeGreaterThanOrEqual(asked === 'attempt' ? 2 : attemptsLeft);
  }
  expect(await unsent(detent, told)).toEqual([]);
}

/** The logins whose SMS has not come, once it has had its time. */
async function unsent(detent: Started, told: Told[]): Promise<string[]> {
  for (let look = 0; ; look++) {
    const { body } = await detent.get('/dev/sms');
    const messages = body['messages'] as unknown as { effectId: string }[];
    const arrived = new Set(messages.map(({ effectId }) => effectId.split('/')[0]));
    const missing = told.flatMap(({ loginId }) => (arrived.has(loginId) ? [] : [loginId]));
    if (missing.length === 0 || look === 100) return missing;
    await pause(50);
  }
}
