/** What must hold of every deployed API, checked from outside; none of it needs a phone, a user or a database. */
import { randomUUID } from 'node:crypto';
import { type Ask, expectEqual, expectProblem } from './ask.ts';

export interface Check {
  name: string;
  /** @throws Error that says what is wrong. */
  run: (ask: Ask) => Promise<void>;
}

export interface Credentials {
  username: string;
  password: string;
}

/** Nobody's. A new one each time: failures are counted by name, and one name would soon be delayed. */
const nobody = (): Credentials => ({ username: `smoke-${randomUUID()}`, password: randomUUID() });

const unknownLogin = '/logins/AAAAAAAAAAAAAAAAAAAAAA';

const general: Check[] = [
  {
    name: 'one public key is served, for ES256',
    async run(ask) {
      const { status, body } = await ask('GET', '/.well-known/jwks.json');
      expectEqual('the status', status, 200);
      const keys = Array.isArray(body['keys']) ? body['keys'] : [];
      expectEqual('the number of keys', keys.length, 1);
      const key = Object(keys[0]);
      expectEqual('"kty"', key.kty, 'EC');
      expectEqual('"crv"', key.crv, 'P-256');
      expectEqual('"alg"', key.alg, 'ES256');
      expectEqual('a private part in it', 'd' in key, false);
    },
  },
  {
    name: 'an unknown address is 404 not-found',
    run: async (ask) => expectProblem(await ask('GET', '/smoke-no-such-address'), 404, 'not-found'),
  },
  {
    name: 'a wrong method is 405 method-not-allowed, and says which are right',
    async run(ask) {
      const answer = await ask('PUT', '/logins', { body: {} });
      expectProblem(answer, 405, 'method-not-allowed');
      expectEqual('the header Allow', answer.headers.get('allow'), 'POST');
    },
  },
  {
    name: 'a login of an unknown user is 401 invalid-credentials',
    run: async (ask) =>
      expectProblem(await ask('POST', '/logins', { body: nobody() }), 401, 'invalid-credentials'),
  },
  {
    name: 'a body that is no JSON is 400 invalid-request',
    run: async (ask) =>
      expectProblem(await ask('POST', '/logins', { body: '{"username":' }), 400, 'invalid-request'),
  },
  {
    name: 'an unknown login is 404 not-found',
    run: async (ask) => expectProblem(await ask('GET', unknownLogin), 404, 'not-found'),
  },
  {
    name: 'a session with a bad token is 401 invalid-session',
    async run(ask) {
      const headers = { authorization: 'Bearer not.a.token' };
      expectProblem(await ask('GET', '/session', { headers }), 401, 'invalid-session');
    },
  },
];

/** Begins a login, which sends one SMS, and cancels it. */
const login = (credentials: Credentials): Check => ({
  name: 'a login of the given user waits for its code, and can be cancelled',
  async run(ask) {
    const begun = await ask('POST', '/logins', { body: credentials });
    expectEqual('the status of the login', begun.status, 201);
    expectEqual('its state', begun.body['state'], 'WaitForOtpInput');
    const cancelled = await ask('DELETE', `/logins/${encodeURIComponent(String(begun.body['loginId']))}`);
    expectEqual('the status of the cancellation', cancelled.status, 200);
    expectEqual('the state after it', cancelled.body['state'], 'Cancelled');
  },
});

/** All checks, in the order in which they run. */
export const checks = (credentials?: Credentials): Check[] =>
  credentials ? [...general, login(credentials)] : general;
