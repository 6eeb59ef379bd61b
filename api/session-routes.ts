import type { Context, Hono } from 'hono';
import { publicKeys, verifySession } from '../flows/mfa-login/session.ts';
import { settled } from './answer.ts';
import type { ApiPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { at, body, noFields, requestIds } from './request.ts';

export function sessionRoutes(app: Hono, ports: ApiPorts): void {
  const { deliverer, clock, random, secret } = ports;
  const { flow, settings } = ports.mfaLogin;

  /** The claims of the bearer token: signed by us, in time. */
  async function claims(c: Context) {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const found =
      token && (await verifySession(await secret('signing'), token, new Date(clock.now()), settings));
    if (!found) throw noSession();
    return found;
  }

  at(app, '/session', {
    GET: async (c) => {
      const { sub, loginId, expiresAt } = await claims(c);
      // The token alone does not know of a logout: the record does.
      const record = await deliverer.load(flow, loginId);
      if (record?.state !== 'LoggedIn') throw noSession();
      return c.json({ sub, loginId, expiresAt });
    },
    DELETE: async (c) => {
      await body(c, noFields);
      const { loginId: flowId } = await claims(c);
      const { eventId: id } = await requestIds(c, secret, random);
      const event = { id, type: 'LogoutRequested', payload: {} };
      const answer = await deliverer.deliver({ flow, flowId, event });
      if (answer.status === 'not-found' || settled(answer).status === 'rejected') throw noSession();
      return c.body(null, 204);
    },
  });

  at(app, '/.well-known/jwks.json', {
    GET: async (c) => c.json(await publicKeys(await secret('signing'))),
  });
}

const noSession = () =>
  new Problem('invalid-session', { detail: 'Sign in again.', headers: { 'www-authenticate': 'Bearer' } });
