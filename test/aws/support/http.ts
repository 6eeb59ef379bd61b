import type { JsonObject } from '../../../core/types.ts';
import type { Deployment } from './deployment.ts';

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
