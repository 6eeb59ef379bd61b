import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject } from '../../../core/types.ts';
import type { Deployment } from './deployment.ts';
import { type Credentials, root, signed } from './sign.ts';

export interface Reply {
  status: number;
  headers: Headers;
  body: JsonObject;
}

/** One request to the deployed API. */
export async function send(
  { apiUrl }: Pick<Deployment, 'apiUrl'>,
  method: string,
  path: string,
  init: { body?: string; headers?: { [name: string]: string } } = {},
): Promise<Reply> {
  const response = await fetch(`${apiUrl}${path}`, { method, ...init });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: text === '' ? {} : (JSON.parse(text) as JsonObject) };
}

/** The same, signed as an IAM caller; by default the root of the account. */
export function signedSend(
  deployed: Pick<Deployment, 'apiUrl'>,
  method: string,
  path: string,
  { body = '', headers = {} }: { body?: string; headers?: { [name: string]: string } } = {},
  credentials: Credentials = root,
): Promise<Reply> {
  const all = signed({ method, url: `${deployed.apiUrl}${path}`, body, headers }, credentials);
  return send(deployed, method, path, { ...(body && { body }), headers: all });
}

export const post = (
  deployed: Pick<Deployment, 'apiUrl'>,
  path: string,
  body?: unknown,
  headers: { [name: string]: string } = {},
): Promise<Reply> =>
  body === undefined
    ? send(deployed, 'POST', path, { headers })
    : send(deployed, 'POST', path, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      });

/** As a client does: what is answered with 503 is asked again, under the same Idempotency-Key, when Retry-After says so. */
export async function postPatiently(
  deployed: Pick<Deployment, 'apiUrl'>,
  path: string,
  body: unknown,
  key: string = randomUUID(),
  patienceMs = 60_000,
): Promise<Reply> {
  for (const until = Date.now() + patienceMs; ; ) {
    const reply = await post(deployed, path, body, { 'idempotency-key': key });
    if (reply.status !== 503 || Date.now() > until) return reply;
    await wait(1_000 * Number(reply.headers.get('retry-after') ?? 1));
  }
}
