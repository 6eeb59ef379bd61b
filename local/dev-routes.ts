/** Development only: the phone, the shop and what is stored in the embedded process. AWS has none of these. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { Problem } from '../api/problem.ts';
import { at, body, invalid } from '../api/request.ts';
import { nameOf } from '../core/errors.ts';
import { type Flow, partition, recordKey } from '../core/flow.ts';
import { MAX_TOTAL, sku } from '../flows/checkout/data.ts';
import { INVENTORY, stockKey, stockOf } from '../flows/checkout/inventory.ts';
import { MAX_STOCK, setStock } from '../flows/checkout/stock.ts';
import { phonePattern } from '../flows/mfa-login/data.ts';
import { PROCESS_HEADER } from './address.ts';
import { worldRoutes } from './dev-world.ts';
import { flowNamed } from './flow-named.ts';
import type { Runtime } from './runtime.ts';
import { putUser } from './users.ts';

const user = z.strictObject({
  username: z.string().min(1).max(128),
  password: z.string().min(1).max(1024),
  phone: z.string().regex(phonePattern, 'must be an E.164 number such as +15555550100'),
});

const stock = z.strictObject({
  onHand: z.int().min(0).max(MAX_STOCK),
  price: z.int().min(1).max(MAX_TOTAL).exactOptional(),
});

/** So many goods are listed. */
const MOST_GOODS = 200;

export function devRoutes(app: Hono, runtime: Runtime): void {
  const { table, inbox } = runtime;
  const flows: { [name: string]: Flow } = runtime.flows;

  const known = (name: string): Flow => flowNamed(flows, name);

  // A command that means another process must not change anything here.
  app.use(async (c, next) => {
    const meant = c.req.header(PROCESS_HEADER);
    if (meant !== undefined && meant !== runtime.process)
      throw new Problem('conflict', {
        detail: 'Another process listens here now. Name the data folder of this one.',
      });
    await next();
  });
  worldRoutes(app, runtime);

  at(app, '/dev/sms', {
    // A plus in a query reads as a space; no number begins with one.
    GET: async (c) => c.json({ messages: await inbox.messages(c.req.query('to')?.replace(/^ /, '+')) }),
  });

  at(app, '/dev/users', {
    POST: async (c) => {
      const given = await body(c, user);
      await putUser(table, given);
      return c.json({ username: given.username }, 201);
    },
  });

  at(app, '/dev/flows/:flow/definition', {
    GET: (c) => c.json(known(c.req.param('flow') ?? '').definition),
  });

  at(app, '/dev/flows/:flow/:id', {
    GET: async (c) => {
      const { name } = known(c.req.param('flow') ?? '');
      const id = c.req.param('id') ?? '';
      const [record, entries] = await Promise.all([
        table.read(recordKey(name, id)),
        table.query('flows', partition(name, id), 'entry#'),
      ]);
      if (!record) throw new Problem('not-found', { detail: 'There is no such instance.' });
      return c.json({ record, entries: entries.map(({ item }) => item) });
    },
  });

  at(app, '/dev/operator', {
    POST: async (c) => {
      const message = await body(c, z.looseObject({}));
      const taken = await runtime.intake('operator', JSON.stringify(message));
      if (taken === 'done') return c.json({ taken: true }, 202);
      if (taken === 'late')
        throw new Problem('wrong-state', {
          detail: 'It takes no such event (any more). Nothing was changed.',
        });
      if (taken === 'again')
        throw new Problem('try-again', { detail: 'Nothing was changed.', retryAfter: 2 });
      throw new Problem('not-found', {
        detail: 'There is no such instance, or an operator may not tell it that.',
      });
    },
  });

  at(app, '/dev/inventory', {
    GET: (c) => {
      const goods = table.scan(INVENTORY, MOST_GOODS).flatMap(({ item }) => stockOf(item) ?? []);
      return c.json({ currency: runtime.checkout.settings.currency, goods });
    },
  });

  at(app, '/dev/inventory/:sku', {
    GET: async (c) => {
      const good = stockOf(await table.read(stockKey(c.req.param('sku') ?? '')));
      if (good) return c.json(good);
      throw new Problem('unknown-sku', { detail: 'There is no such good.' });
    },
    PUT: async (c) => {
      const { onHand, price } = await body(c, stock);
      const name = c.req.param('sku') ?? '';
      if (!sku.safeParse(name).success)
        throw invalid([{ path: 'sku', message: 'must be the name of a good, such as mug' }]);
      try {
        return c.json(await setStock(table, name, onHand, price));
      } catch (error) {
        if (nameOf(error) !== 'UnknownGood') throw error;
        throw new Problem('unknown-sku', { detail: (error as Error).message });
      }
    },
  });
}
