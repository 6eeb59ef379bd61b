/** What one connection does, again and again: a login is two requests, the password's and the code's. */
import type { CannonRequest } from 'autocannon';

export interface ScriptPorts {
  /** Whose login is the next one. */
  nextUser(): { username: string; password: string };
  /** The code of a login. */
  code(login: { loginId: string; expiresAt: string }): string;
  /** ms, of any beginning. */
  now(): number;
}

export interface Tally {
  /** Logins that ended with a session, and how long each took, in ms. */
  took: number[];
  /** All answers that were not what a login needs, by status. */
  refused: { [status: string]: number };
}

interface Context {
  begun?: number;
  loginId?: string;
  code?: string;
}

const headers = { 'content-type': 'application/json' };

/** @returns the two requests of a login, in order, and what they came to so far. */
export function loginScript({ nextUser, code, now }: ScriptPorts): {
  requests: CannonRequest[];
  tally: Tally;
} {
  const tally: Tally = { took: [], refused: {} };
  const refuse = (status: number) => {
    tally.refused[status] = (tally.refused[status] ?? 0) + 1;
  };
  const password: CannonRequest = {
    ...{ method: 'POST', path: '/logins', headers },
    setupRequest(request, context: Context) {
      context.begun = now();
      return { ...request, body: JSON.stringify(nextUser()) };
    },
    onResponse(status, body, context: Context) {
      if (status !== 201) return refuse(status);
      const view = JSON.parse(body) as { loginId: string; expiresAt: string };
      context.loginId = view.loginId;
      context.code = code(view);
    },
  };
  const otp: CannonRequest = {
    ...{ method: 'POST', path: '/logins/otp', headers },
    setupRequest(request, { loginId, code }: Context) {
      if (loginId === undefined) return undefined;
      return { ...request, path: `/logins/${loginId}/otp`, body: JSON.stringify({ code }) };
    },
    onResponse(status, body, { begun = Number.NaN }: Context) {
      const isIn = status === 200 && typeof JSON.parse(body).session?.token === 'string';
      if (isIn) tally.took.push(now() - begun);
      else refuse(status);
    },
  };
  return { requests: [password, otp], tally };
}
