import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { signSession } from '../flows/mfa-login/session.ts';
import { type Applied, type Rejected, settled, wrongState } from './answer.ts';
import type { ApiPorts } from './ports.ts';
import { Problem, secondsUntil } from './problem.ts';
import { at, body, noFields, requestIds } from './request.ts';

export const credentials = z.strictObject({
  username: z.string().min(1).max(128),
  password: z.string().min(1).max(1024),
});
const otp = z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be six digits') });

export function loginRoutes(app: Hono, ports: ApiPorts): void {
  const { deliverer, clock, random, secret, sourceOf } = ports;
  const { flow, settings } = ports.mfaLogin;

  /** The view of a login, the same in every state; what single answers say beside it stays with them. */
  const view = (loginId: string, { state, view }: Pick<Applied, 'state' | 'view'>) => {
    const { session: _, retryAt: __, ...shown } = view;
    return { loginId, state, ...shown };
  };

  /** Delivers an event to the login in the path. */
  async function tell(c: Context, type: string, payload = {}) {
    const flowId = c.req.param('loginId') ?? '';
    const { eventId: id } = await requestIds(c, secret, random);
    const answer = settled(await deliverer.deliver({ flow, flowId, event: { id, type, payload } }));
    return { flowId, answer };
  }

  function refused({ reason, state, reply }: Rejected): Problem {
    const retryAfter = secondsUntil(reply['retryAt'], clock);
    switch (reason) {
      case 'ResendTooEarly':
        return new Problem('resend-too-early', { detail: `Try again in ${retryAfter} s.`, retryAfter });
      case 'ResendThrottled':
        return throttled(retryAfter);
      case 'ResendTooLate':
        return new Problem('wrong-state', {
          detail: 'The code has expired. Start again.',
          members: { state },
        });
      case 'NoResendsLeft':
        return new Problem('no-resends-left', { detail: 'Use the code that was sent, or start again.' });
      default:
        return wrongState({ state });
    }
  }

  /** Afterwards a code gets the answer that closed the login, not only the name of the state. */
  const closed = ({ state }: Rejected): Problem =>
    state === 'Locked' ? locked() : state === 'OtpExpired' ? expired() : wrongState({ state });

  at(app, '/logins', {
    POST: async (c) => {
      const { username, password } = await body(c, credentials);
      const { eventId: id, newId, fresh } = await requestIds(c, secret, random);
      const flowId = newId(flow.name);
      const payload = { username, password, source: sourceOf(c) };
      const answer = settled(
        await deliverer.deliver({ flow, flowId, event: { id, type: 'LoginRequested', payload }, fresh }),
      );
      if (answer.status === 'rejected') throw wrongState(answer);
      if (answer.outcome === 'QuotaUsedUp') throw throttled(secondsUntil(answer.view['retryAt'], clock));
      if (answer.state === 'Denied')
        throw new Problem('invalid-credentials', { detail: 'Check both, and try again.' });
      return c.json(view(flowId, answer), 201);
    },
  });

  at(app, '/logins/:loginId', {
    GET: async (c) => {
      const flowId = c.req.param('loginId') ?? '';
      const record = await deliverer.load(flow, flowId);
      if (!record) throw new Problem('not-found', { detail: 'There is no such login, or no longer.' });
      const { state, data } = record;
      return c.json(view(flowId, { state, view: flow.view(state, data) }));
    },
    DELETE: async (c) => {
      await body(c, noFields);
      const { flowId, answer } = await tell(c, 'CancelRequested');
      if (answer.status === 'rejected') throw wrongState(answer);
      return c.json(view(flowId, answer));
    },
  });

  at(app, '/logins/:loginId/otp', {
    POST: async (c) => {
      const { flowId, answer } = await tell(c, 'OtpSubmitted', await body(c, otp));
      if (answer.status === 'rejected') throw closed(answer);
      const { attemptsLeft, session } = answer.view as unknown as { attemptsLeft: number; session?: Session };
      if (answer.outcome === 'OtpExhausted') throw locked();
      if (answer.outcome === 'OtpTooLate') throw expired();
      if (!session) {
        throw new Problem('otp-invalid', {
          detail: `Attempts left: ${attemptsLeft}.`,
          members: { attemptsLeft },
        });
      }
      // A repeated request gets the same claims, freshly signed: the first token is stored nowhere.
      const claims = { sub: String(answer.record.data['sub']), loginId: flowId, ...session };
      const token = answer.reply['token'] ?? (await signSession(await secret('signing'), claims, settings));
      return c.json({ state: answer.state, session: { token, expiresAt: session.expiresAt } });
    },
  });

  at(app, '/logins/:loginId/resend', {
    POST: async (c) => {
      await body(c, noFields);
      const { flowId, answer } = await tell(c, 'ResendRequested');
      if (answer.status === 'rejected') throw refused(answer);
      return c.json(view(flowId, answer), 202);
    },
  });
}

interface Session {
  issuedAt: string;
  expiresAt: string;
}

const locked = () => new Problem('locked', { detail: 'This login is closed. Start again.' });
const expired = () => new Problem('otp-expired', { detail: 'This login is closed. Start again.' });
/** A denied login is remembered: its body must not change with time, so only the header counts the seconds. */
const throttled = (retryAfter: number) =>
  new Problem('throttled', { detail: 'Retry-After says when to try again.', retryAfter });
