import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { type Applied, type Rejected, settled, wrongState } from '../../../api/answer.ts';
import type { ApiPorts } from '../../../api/ports.ts';
import { Problem, secondsUntil } from '../../../api/problem.ts';
import { at, body, noFields, requestIds } from '../../../api/request.ts';
import type { Flow } from '../../../core/flow.ts';

const address = z.strictObject({ email: z.email().max(254) });
const submission = z.strictObject({ token: z.string().min(1).max(128) });

type Ports = Pick<ApiPorts, 'deliverer' | 'clock' | 'random' | 'secret'> & {
  flows: { 'email-confirmation': Flow };
};

export function emailConfirmationRoutes(app: Hono, ports: Ports): void {
  const { deliverer, clock, random, secret } = ports;
  const flow = ports.flows['email-confirmation'];

  const shown = (id: string, { state, view }: Pick<Applied, 'state' | 'view'>) => ({ id, state, ...view });

  /** Delivers an event to the instance in the path. */
  async function tell(c: Context, type: string, payload = {}) {
    const flowId = c.req.param('id') ?? '';
    const { eventId: id } = await requestIds(c, secret, random);
    const answer = settled(await deliverer.deliver({ flow, flowId, event: { id, type, payload } }));
    return { flowId, answer };
  }

  at(app, '/email-confirmations', {
    POST: async (c) => {
      const payload = await body(c, address);
      const { eventId: id, newId, fresh } = await requestIds(c, secret, random);
      const flowId = newId(flow.name);
      const event = { id, type: 'ConfirmationRequested', payload };
      const answer = settled(await deliverer.deliver({ flow, flowId, event, fresh }));
      if (answer.status === 'rejected') throw wrongState(answer);
      return c.json(shown(flowId, answer), 201);
    },
  });

  at(app, '/email-confirmations/:id', {
    GET: async (c) => {
      const id = c.req.param('id') ?? '';
      const record = await deliverer.load(flow, id);
      if (!record) throw new Problem('not-found', { detail: 'It does not exist, or no longer.' });
      return c.json(shown(id, { state: record.state, view: flow.view(record.state, record.data) }));
    },
  });

  at(app, '/email-confirmations/:id/confirm', {
    GET: (c) => c.html(page),
    POST: async (c) => {
      const { flowId, answer } = await tell(c, 'TokenSubmitted', await body(c, submission));
      if (answer.status === 'rejected') throw wrongState(answer);
      const { attemptsLeft = 0 } = answer.view;
      if (answer.outcome === 'AttemptsUsedUp') throw new Problem('locked', { detail: 'Start again.' });
      if (answer.outcome === 'TokenTooLate') throw new Problem('otp-expired', { detail: 'Start again.' });
      if (answer.outcome === 'TokenWrong')
        throw new Problem('otp-invalid', {
          detail: `Attempts left: ${attemptsLeft}.`,
          members: { attemptsLeft },
        });
      return c.json(shown(flowId, answer));
    },
  });

  at(app, '/email-confirmations/:id/resend', {
    POST: async (c) => {
      await body(c, noFields);
      const { flowId, answer } = await tell(c, 'ResendRequested');
      if (answer.status === 'rejected') throw refused(answer);
      return c.json(shown(flowId, answer), 202);
    },
  });

  function refused({ reason, state, reply }: Rejected): Problem {
    const retryAfter = secondsUntil(reply['retryAt'], clock);
    if (reason === 'ResendTooEarly')
      return new Problem('resend-too-early', { detail: `Try again in ${retryAfter} s.`, retryAfter });
    if (reason === 'NoResendsLeft')
      return new Problem('no-resends-left', { detail: 'Use a mail that was sent, or start again.' });
    return wrongState({ state });
  }
}

/** Where the link leads. Programs that look at mails open links too: only the button confirms. */
const page = `<!doctype html><meta name="referrer" content="no-referrer"><title>Confirm your address</title>
<button onclick="fetch(location.pathname, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ token: location.hash.slice(1) }),
}).then(({ ok }) => { document.body.textContent = ok ? 'Thank you.' : 'This link is not valid (any more).'; })">Confirm</button>
`;
