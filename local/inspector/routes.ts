/** What the inspector's page asks for. Read only; AWS has none of these. */
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { Problem } from '../../api/problem.ts';
import { at, invalid, invalidBy } from '../../api/request.ts';
import type { Flow } from '../../core/flow.ts';
import { flowNamed } from '../flow-named.ts';
import { cutOff } from '../server.ts';
import { MOST } from './index.ts';
import type { Inspector } from './inspector.ts';

export interface InspectorRoutePorts {
  inspector: Inspector;
  flows: { [name: string]: Flow };
  /** Aborts when the process begins to stop: whoever is told of changes must not hold that up. */
  stopping?: AbortSignal | undefined;
}

const word = z.string().min(1, 'must not be empty').max(255, 'may have 255 characters at the most');

const wholeNumber = (of: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be ${of}`)
    .transform(Number);

const limits = `a whole number from 1 to ${MOST}`;

const listQuery = z.strictObject({
  flow: word.optional(),
  state: word.optional(),
  only: z.enum(['newest', 'overdue', 'stuck'], 'must be newest, overdue or stuck').default('newest'),
  limit: wholeNumber(limits)
    .pipe(z.int().min(1, `must be ${limits}`).max(MOST, `must be ${limits}`))
    .default(50),
});

const instanceQuery = z.strictObject({ version: wholeNumber('a whole number').optional() });

const noQuery = z.strictObject({});

/** @throws Problem 400 */
function query<T>(c: Context, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  throw invalidBy(parsed.error, 'is not a parameter here');
}

/** Adds the routes under `/inspect/api`. */
export function inspectorRoutes(app: Hono, { inspector, flows, stopping }: InspectorRoutePorts): void {
  const known = (name: string): Flow => flowNamed(flows, name);

  /** A route without parameters. */
  const plain = (path: string, answer: () => object | Promise<object>) =>
    at(app, path, {
      GET: async (c) => {
        query(c, noQuery);
        return c.json(await answer());
      },
    });

  plain('/inspect/api/flows', () => inspector.flows());
  plain('/inspect/api/overdue', () => inspector.overdue());
  plain('/inspect/api/counters', () => inspector.counters());

  at(app, '/inspect/api/instances', {
    GET: async (c) => {
      const asked = query(c, listQuery);
      if (asked.flow !== undefined) known(asked.flow);
      return c.json(await inspector.instances(asked));
    },
  });

  at(app, '/inspect/api/flows/:flow/instances/:id', {
    GET: async (c) => {
      const flow = known(c.req.param('flow') ?? '');
      const { version } = query(c, instanceQuery);
      if (version !== undefined && flow.persistence !== 'journal') {
        const message = `cannot be asked for: ${flow.name} keeps no journal, so that its past is in its last transitions only`;
        throw invalid([{ path: 'version', message }]);
      }
      const found = await inspector.instance(flow, c.req.param('id') ?? '', version);
      if (found) return c.json(found);
      throw new Problem('not-found', {
        detail:
          version === undefined
            ? 'There is no such instance, or no longer.'
            : 'There is no such instance, or it has no such version.',
      });
    },
  });

  at(app, '/inspect/api/live', {
    GET: (c) => {
      query(c, noQuery);
      // Who wants the head alone would never end a stream.
      if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
      if (inspector.live.isFull || stopping?.aborted)
        throw new Problem('try-again', {
          detail: 'Too many pages are open, or the process stops.',
          retryAfter: 2,
        });
      return live(c, inspector, stopping);
    },
  });
}

/** Server-sent events, until the page goes, the process stops, or the page does not keep up. */
const live = (c: Context, inspector: Inspector, stopping: AbortSignal | undefined): Response =>
  streamSSE(c, async (stream) => {
    const over = Promise.withResolvers<void>();
    const remove = inspector.live.add({
      write: (text) => stream.write(text),
      end(why) {
        if (why === 'slow') {
          cutOff(c, 0);
          stream.abort();
        }
        over.resolve();
      },
    });
    const stop = () => {
      cutOff(c, STOP_MS);
      over.resolve();
    };
    stream.onAbort(() => over.resolve());
    // Also where it has gone before the answer began.
    c.req.raw.signal.addEventListener('abort', () => over.resolve());
    stopping?.addEventListener('abort', stop);
    await over.promise;
    stopping?.removeEventListener('abort', stop);
    remove();
  });

/** Whoever does not take the end of the stream is cut off, in ms. */
const STOP_MS = 500;
