/** Development only: the clock, the sandboxes and the faults of the embedded world, to see and to change. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Hono } from 'hono';
import { z } from 'zod';
import { Problem } from '../api/problem.ts';
import { at, body } from '../api/request.ts';
import { advance } from './dev-clock.ts';
import { faultsSchema } from './faults.ts';
import { companions, gatewayModes } from './outside.ts';
import type { Runtime } from './runtime.ts';
import { warehouseModes } from './sandbox/warehouse/warehouse.ts';
import { webhookModes } from './sandbox/webhooks.ts';

const TEN_YEARS = 10 * 366 * 86_400;
const step = z.strictObject({ advanceSeconds: z.number().min(0).max(TEN_YEARS) });

/** How the world outside behaves, from now on, and which of its processes is to end now. */
const orders = z.strictObject({
  webhooks: z.enum(webhookModes).optional(),
  warehouse: z.enum(warehouseModes).optional(),
  gateway: z.enum(gatewayModes).optional(),
  kill: z.enum(companions).optional(),
});

type Orders = z.infer<typeof orders>;

const notOurs = (why: string) =>
  new Problem('wrong-state', { detail: `${why}: start without GATEWAY_URL, with the sandbox, for this.` });

/** How long the clock waits, in real time, for effects that are under way. */
const SETTLE_MS = 2_000;

/** Adds `/dev/clock`, `/dev/sandbox` and `/dev/faults`: GET shows how it is, POST changes it. */
export function worldRoutes(app: Hono, { table, clock, faults, outside, idle, reconcile }: Runtime): void {
  const ofGateway = { webhooks: 'prompt', gateway: 'prompt' };
  const modes = { ...(!outside.isReal && ofGateway), warehouse: 'prompt' };

  const time = () => ({ now: new Date(clock.now()).toISOString() });
  const sandbox = () => ({ ...modes, running: outside.running() });
  const failing = () => ({ sms: 'none', signing: 'none', gateway: 'none', warehouse: 'none', ...faults });

  /** @throws Problem for what the world outside is not ours to be told. */
  function refuseTheirs({ webhooks, gateway, kill }: Orders): void {
    if (!outside.isReal) return;
    if (webhooks) throw notOurs('The provider at GATEWAY_URL sends its webhooks itself');
    if (gateway || kill === 'gateway') throw notOurs('The gateway at GATEWAY_URL is not ours');
  }

  at(app, '/dev/clock', {
    GET: (c) => c.json(time()),
    POST: async (c) => {
      const { advanceSeconds } = await body(c, step);
      if (outside.isReal) throw notOurs('The gateway at GATEWAY_URL goes by its own clock');
      // What is being performed would find its lease run out, and be performed again.
      await Promise.race([idle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await advance(table, clock, Math.round(advanceSeconds * 1000));
      await outside.setClock(clock.offsetMs);
      await reconcile();
      return c.json(time());
    },
  });

  at(app, '/dev/sandbox', {
    GET: (c) => c.json(sandbox()),
    POST: async (c) => {
      const given = await body(c, orders);
      refuseTheirs(given);
      const { kill, ...wanted } = given;
      // First: where that cannot be done now, nothing is.
      if (kill && !(await outside.kill(kill)))
        throw new Problem('try-again', {
          detail: 'That process does not run just now: it is being started.',
          retryAfter: 1,
        });
      if (wanted.webhooks) await outside.setWebhooks(wanted.webhooks);
      if (wanted.gateway) await outside.setGatewayMode(wanted.gateway);
      if (wanted.warehouse) outside.setWarehouse(wanted.warehouse);
      Object.assign(modes, wanted);
      return c.json(sandbox());
    },
  });

  at(app, '/dev/faults', {
    GET: (c) => c.json(failing()),
    POST: async (c) => {
      const given = await body(c, faultsSchema);
      if ((given.gateway ?? 'none') !== 'none' && outside.isReal)
        throw notOurs('The gateway at GATEWAY_URL fails by itself');
      Object.assign(faults, given);
      if (given.gateway) await outside.setGatewayFault(given.gateway);
      return c.json(failing());
    },
  });
}
