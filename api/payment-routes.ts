import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import { bookkeepingOf, entryItemOf } from '../core/bookkeeping.ts';
import { partition } from '../core/flow.ts';
import { entryOf, foldedTo } from '../core/journal.ts';
import type { Item, JsonObject } from '../core/types.ts';
import { captureWish } from '../flows/payment/capture.ts';
import { paymentOrder } from '../flows/payment/data.ts';
import { type Applied, settled, wrongState } from './answer.ts';
import type { ApiPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { at, body, invalid, noFields, requestIds } from './request.ts';

/** The requests that are one event each, without a field unless one is told. */
const requests: { [action: string]: { event: string; fields: z.ZodType<JsonObject> } } = {
  authorize: { event: 'Authorize', fields: noFields },
  capture: { event: 'Capture', fields: captureWish as z.ZodType<JsonObject> },
  cancel: { event: 'Cancel', fields: noFields },
  abort: { event: 'Abort', fields: noFields },
  reverse: { event: 'Reverse', fields: noFields },
};

export function paymentRoutes(app: Hono, ports: ApiPorts): void {
  const { deliverer, random, secret, table } = ports;
  const { flow } = ports.payment;

  const view = (
    paymentId: string,
    { state, view, version }: Pick<Applied, 'state' | 'view' | 'version'>,
  ) => ({
    paymentId,
    state,
    ...view,
    version,
  });

  const idOf = (c: Context): string => c.req.param('paymentId') ?? '';

  /** All entries of a payment, in order. */
  async function journal(paymentId: string): Promise<Item[]> {
    const found = await table.query('flows', partition(flow.name, paymentId), 'entry#');
    if (found.length === 0) throw unknown();
    return found.map(({ item }) => item);
  }

  for (const path of ['/payments', '/payments/*']) {
    app.use(path, async (c, next) => {
      if (!ports.mayPay(c)) throw new Problem('forbidden', { detail: 'Sign the request (SigV4).' });
      await next();
    });
  }

  at(app, '/payments', {
    POST: async (c) => {
      const payload = await body(c, paymentOrder);
      const { eventId: id, newId, fresh } = await requestIds(c, secret, random);
      const flowId = newId(flow.name);
      const answer = settled(
        await deliverer.deliver({ flow, flowId, event: { id, type: 'PaymentCreated', payload }, fresh }),
      );
      if (answer.status === 'rejected') throw wrongState(answer);
      return c.json(view(flowId, answer), 201);
    },
  });

  at(app, '/payments/:paymentId', {
    GET: async (c) => {
      const paymentId = idOf(c);
      const asked = c.req.query('version');
      const record =
        asked === undefined
          ? await deliverer.load(flow, paymentId)
          : foldedTo((await journal(paymentId)).map(entryOf), versionOf(asked));
      if (!record) throw asked === undefined ? unknown() : noSuchVersion();
      const { state, data, version } = record;
      return c.json(view(paymentId, { state, version, view: flow.view(state, data) }));
    },
  });

  at(app, '/payments/:paymentId/history', {
    GET: async (c) => c.json({ entries: (await journal(idOf(c))).map(shown) }),
  });

  for (const [action, { event: type, fields }] of Object.entries(requests)) {
    at(app, `/payments/:paymentId/${action}`, {
      POST: async (c) => {
        const payload = await body(c, fields);
        const paymentId = idOf(c);
        const { eventId: id } = await requestIds(c, secret, random);
        const answer = settled(
          await deliverer.deliver({ flow, flowId: paymentId, event: { id, type, payload } }),
        );
        if (answer.status !== 'rejected') return c.json(view(paymentId, answer), 202);
        throw answer.reason === 'AmountTooLarge'
          ? tooMuch(answer.record?.data['amount'])
          : wrongState(answer);
      },
    });
  }
}

const unknown = () => new Problem('not-found', { detail: 'There is no such payment.' });
const noSuchVersion = () => new Problem('not-found', { detail: 'The payment has no such version.' });

const tooMuch = (authorized: JsonObject[string] | undefined) =>
  new Problem('amount-too-large', {
    detail: 'At most what was authorised can be captured.',
    members: { amount: authorized ?? null },
  });

function versionOf(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw invalid([{ path: 'version', message: 'must be a whole number' }]);
}

/** What is told of an entry: not the data that it changed, nor the requests that its effects carry. */
function shown(item: Item) {
  const { version, event, from, to, facts, at, hash } = entryOf(item);
  const stored = entryItemOf(item);
  const effects = stored.effects.map((effect) => ({
    id: effect.id,
    kind: effect.kind,
    status: bookkeepingOf(stored, effect).status,
  }));
  return { version, event, from, to, facts, effects, at, hash };
}
