import type { Hono } from 'hono';
import type { JsonObject } from '../core/types.ts';
import { checkoutOrder } from '../flows/checkout/data.ts';
import { stockKey, stockOf } from '../flows/checkout/inventory.ts';
import { type Applied, type Rejected, settled, wrongState } from './answer.ts';
import type { ApiPorts } from './ports.ts';
import { Problem } from './problem.ts';
import { at, body, invalid, noFields, requestIds } from './request.ts';

export function checkoutRoutes(app: Hono, ports: ApiPorts): void {
  const { deliverer, random, secret, table } = ports;
  const { flow } = ports.checkout;

  const shown = (checkoutId: string, { state, view }: Pick<Applied, 'state' | 'view'>) => ({
    checkoutId,
    state,
    ...view,
  });

  at(app, '/checkouts', {
    POST: async (c) => {
      const payload = (await body(c, checkoutOrder)) as JsonObject;
      const { eventId: id, newId, fresh } = await requestIds(c, secret, random);
      const flowId = newId(flow.name);
      const answer = settled(
        await deliverer.deliver({ flow, flowId, event: { id, type: 'OrderPlaced', payload }, fresh }),
      );
      if (answer.status === 'rejected') throw refused(answer);
      if (answer.outcome === 'StockInsufficient') throw outOfStock(answer.view['items']);
      return c.json(shown(flowId, answer), 201);
    },
  });

  at(app, '/checkouts/:checkoutId', {
    GET: async (c) => {
      const checkoutId = c.req.param('checkoutId') ?? '';
      const record = await deliverer.load(flow, checkoutId);
      if (!record) throw new Problem('not-found', { detail: 'There is no such order, or no longer.' });
      const { state, data } = record;
      return c.json(shown(checkoutId, { state, view: flow.view(state, data) }));
    },
    DELETE: async (c) => {
      await body(c, noFields);
      const flowId = c.req.param('checkoutId') ?? '';
      const { eventId: id } = await requestIds(c, secret, random);
      const event = { id, type: 'CancelRequested', payload: {} };
      const answer = settled(await deliverer.deliver({ flow, flowId, event }));
      if (answer.status === 'rejected') throw wrongState(answer);
      return c.json(shown(flowId, answer));
    },
  });

  at(app, '/inventory/:sku', {
    GET: async (c) => {
      const stock = stockOf(await table.read(stockKey(c.req.param('sku') ?? '')));
      if (!stock) throw unknownSku([]);
      const { sku, onHand, reserved, sold } = stock;
      return c.json({ sku, onHand, reserved, sold });
    },
  });
}

/** An order that is none. */
function refused(answer: Rejected): Problem {
  switch (answer.reason) {
    case 'SkuUnknown':
      return unknownSku(answer.reply['skus']);
    case 'OrderInvalid':
      return invalid([{ path: '', message: 'is no order' }]);
    case 'TotalTooLarge':
      return invalid([{ path: 'items', message: 'the total has more than eight digits' }]);
    default:
      return wrongState(answer);
  }
}

const unknownSku = (skus: JsonObject[string] | undefined): Problem =>
  new Problem('unknown-sku', {
    detail: 'There is no such good.',
    members: Array.isArray(skus) && skus.length > 0 ? { skus } : {},
  });

const outOfStock = (items: JsonObject[string] | undefined): Problem =>
  new Problem('out-of-stock', {
    detail: 'There are fewer pieces than are wanted. Nothing was set apart.',
    members: { items: items ?? [] },
  });
