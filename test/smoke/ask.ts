/** Requests to the API under test, and what can be expected of an answer. */

/** The gateway gives up after 30 s; whoever is silent for longer is gone. */
const TIMEOUT_MS = 35_000;

export interface Answer {
  status: number;
  contentType: string;
  headers: Headers;
  /** The parsed body; an empty object where it is not a JSON object. */
  body: { [name: string]: unknown };
}

export interface Request {
  /** Sent as it is where it is a text, otherwise as JSON. */
  body?: unknown;
  headers?: { [name: string]: string };
}

export type Ask = (method: string, path: string, request?: Request) => Promise<Answer>;

/**
 * @param base where the API is: `https://….amazonaws.com/`, with or without a path.
 * @throws TypeError of `fetch` where there is no connection, TimeoutError where there is no answer.
 */
export const asker =
  (base: URL): Ask =>
  async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(base.href.replace(/\/$/, '') + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      headers: response.headers,
      body: objectIn(await response.text()),
    };
  };

function objectIn(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** @throws Error that says what was expected, and what was there. Only values that are no secret may come here. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) return;
  throw new Error(`${what} should be ${JSON.stringify(expected)}, not ${JSON.stringify(actual)}`);
}

/** An error answer as RFC 9457 has it. @throws Error that says what is different. */
export function expectProblem({ status, contentType, body }: Answer, expected: number, name: string): void {
  expectEqual('the status', status, expected);
  expectEqual('the content type', contentType.split(';')[0], 'application/problem+json');
  expectEqual('the name at the end of "type"', String(body['type']).split(/[:/]/).at(-1), name);
  expectEqual('"status" in the body', body['status'], expected);
}
