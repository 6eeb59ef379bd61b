/** Reading requests: bodies of a known shape, idempotency keys, methods. */
import type { Context, Handler, Hono, MiddlewareHandler } from 'hono';
import * as z from 'zod';
import { keyedHash } from '../core/keyed-hash.ts';
import type { Clock, Randomness, Secrets } from '../core/ports.ts';
import { Problem } from './problem.ts';

/** More than any request of this API needs; what is larger is refused before it is parsed. */
export const MAX_BODY_BYTES = 16 * 1024;

/** 400, by what is wrong. Messages name fields and never quote values. */
export const invalid = (errors: { path: string; message: string }[]): Problem =>
  new Problem('invalid-request', {
    detail: errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '),
    members: { errors },
  });

/**
 * The body, of exactly this shape. No body is an empty object.
 *
 * @throws Problem 400, 413, 415. Messages name fields and never quote values.
 */
export async function body<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw tooLarge();
  if (text !== '' && !/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new Problem('unsupported-media-type', {
      detail: 'Send the body with Content-Type: application/json.',
    });
  }
  const parsed = schema.safeParse(text === '' ? {} : json(text));
  if (parsed.success) return parsed.data;
  throw invalidBy(parsed.error, 'is not a field here');
}

/** 400, by what a schema found. @param unknown what is said of a name that the schema does not have. */
export const invalidBy = ({ issues }: z.ZodError, unknown: string): Problem =>
  invalid(
    issues.flatMap((issue) => {
      const path = issue.path.join('.');
      if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
      return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: unknown }));
    }),
  );

export const tooLarge = (): Problem =>
  new Problem('too-large', { detail: `The body may have ${MAX_BODY_BYTES} bytes at the most.` });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid([{ path: '', message: 'the body is not JSON' }]);
  }
}

/** A request without fields. */
export const noFields = z.strictObject({});

export interface RequestIds {
  /** The id of the event that this request becomes. */
  eventId: string;
  /** The id of the instance that this request creates in a flow. */
  newId(flow: string): string;
  /** Whether they were drawn at random, so that nothing can have them yet. */
  fresh: boolean;
}

const keyPattern = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;

/**
 * Ids that are the same for the same Idempotency-Key: keyed hashes of it, so that they cannot be guessed and the key is
 * not at rest. Without the header every request has its own.
 */
export async function requestIds(c: Context, secret: Secrets, random: Randomness): Promise<RequestIds> {
  const given = c.req.header('idempotency-key');
  const key = given ?? random.id();
  if (!keyPattern.test(key)) {
    throw invalid([{ path: 'Idempotency-Key', message: 'must have 1 to 255 printable ASCII characters' }]);
  }
  const requests = await secret('requests');
  return {
    eventId: keyedHash(requests, 'event', key),
    newId: (flow) => keyedHash(requests, `id ${flow}`, key),
    fresh: given === undefined,
  };
}

/** Answers are for whoever asked, unless they say otherwise, and are what they say they are. */
export const unstored: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
};

/**
 * Every answer says what time it is for us, by our clock: the instants in it are told by that, and whoever shows how long it is until
 * then must not go by another one. In whole seconds, as HTTP has it (RFC 9110, 6.6.1).
 */
export const dated =
  (clock: Clock): MiddlewareHandler =>
  async (c, next) => {
    await next();
    c.header('date', new Date(clock.now()).toUTCString());
  };

/** Routes of one address; every other method gets 405. */
export function at(app: Hono, path: string, handlers: { [method: string]: Handler }): void {
  for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler);
  const allow = Object.keys(handlers).join(', ');
  app.all(path, () => {
    throw new Problem('method-not-allowed', { detail: `Use ${allow}.`, headers: { allow } });
  });
}
