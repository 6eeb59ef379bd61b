/** What holds for every route: bodies, methods, media types, sizes, headers. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../core/types.ts';
import { expectProblem, type Http, json, openHttp, type Reply } from '../support/http.ts';

let http: Http;
beforeAll(async () => {
  http = await openHttp();
});
afterAll(() => http.close());

const LIMIT = 16 * 1024;
const raw = (body: string | ReadableStream, headers: { [name: string]: string } = json, path = '/logins') =>
  http.send('POST', path, { body, headers, duplex: 'half' } as RequestInit);

/** 400 with one error for each of these paths. */
function expectErrors(reply: Reply, paths: string[]): void {
  const errors = (reply.body['errors'] ?? []) as JsonObject[];
  expectProblem(reply, 400, 'invalid-request', { members: { errors } });
  expect(errors.map(({ path }) => path).sort()).toEqual([...paths].sort());
  for (const error of errors) {
    expect(Object.keys(error).sort()).toEqual(['message', 'path']);
    expect(String(error['message']).length).toBeGreaterThan(3);
  }
}

describe('400 invalid-request', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing given', {}, ['username', 'password']],
    ['a field missing', { username: 'demo' }, ['password']],
    ['wrong types', { username: 1, password: ['x'] }, ['username', 'password']],
    ['null', { username: null, password: 'x' }, ['username']],
    ['empty strings', { username: '', password: '' }, ['username', 'password']],
    ['too long', { username: 'a'.repeat(129), password: 'b'.repeat(1_025) }, ['username', 'password']],
    ['unknown fields', { username: 'a', password: 'b', admin: true, x: 1 }, ['admin', 'x']],
    ['a list', [], ['']],
    ['a string', 'demo', ['']],
    ['a number', 7, ['']],
    ['null as a whole', null, ['']],
  ])('%s', async (_name, body, paths) => {
    expectErrors(await http.post('/logins', body), paths);
  });

  test.each([
    ['not JSON', 'username=demo'],
    ['half of it', '{"username":"demo"'],
    ['only white space', '  '],
    ['a NUL byte', '\u0000'],
    ['two values', '{}{}'],
    ['a number that is none', '{"username":NaN}'],
  ])('bad JSON: %s', async (_name, text) => {
    expectErrors(await raw(text), ['']);
  });

  test('a POST that needs fields, without a body', async () => {
    expectErrors(await http.post('/logins'), ['username', 'password']);
  });

  test('a field in a request without fields', async () => {
    expectErrors(await http.post('/logins/any/resend', { now: true }), ['now']);
    const headers = { 'content-type': 'application/json' };
    for (const path of ['/logins/any', '/session']) {
      expectErrors(await http.send('DELETE', path, { body: '{"now":true}', headers }), ['now']);
    }
  });

  test('never quotes what was sent', async () => {
    const secret = 'S3cret-Value';
    for (const body of [
      { username: 'demo', password: [secret] },
      { password: secret, username: 5 },
    ]) {
      expect((await http.post('/logins', body)).text).not.toContain(secret);
    }
    expect((await raw(`{"password":"${secret}`)).text).not.toContain(secret);
  });

  test('a deep or odd body is refused like any other', async () => {
    expectErrors(await raw('['.repeat(8_000)), ['']);
    const polluting = await raw('{"username":"demo","password":"x","__proto__":{"admin":true}}');
    expect(polluting.status).toBeGreaterThanOrEqual(400);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});

describe('a POST without fields', () => {
  const unknown = '/logins/nothing/resend';
  test.each<[string, RequestInit]>([
    ['without a body', {}],
    ['with an empty body and no type', { body: '' }],
    ['with an empty body and a type', { body: '', headers: json }],
    ['with an empty object', { body: '{}', headers: json }],
  ])('%s reaches its route', async (_name, init) => {
    expectProblem(await http.send('POST', unknown, init), 404, 'not-found');
  });
});

describe('404 and 405', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['POST', '/login'],
    ['GET', '/logins/a/b/c'],
    ['GET', '/LOGINS/a'],
    ['GET', '/.well-known/nothing'],
    ['GET', '/..%2f..%2fetc%2fpasswd'],
  ])('%s %s: 404 not-found', async (method, path) => {
    expectProblem(await http.send(method, path), 404, 'not-found');
  });

  test.each([
    ['/logins', 'POST'],
    ['/logins/any', 'GET, DELETE'],
    ['/logins/any/otp', 'POST'],
    ['/logins/any/resend', 'POST'],
    ['/session', 'GET, DELETE'],
    ['/.well-known/jwks.json', 'GET'],
    ['/dev/sms', 'GET'],
    ['/dev/users', 'POST'],
    ['/dev/flows/mfa-login/definition', 'GET'],
    ['/dev/flows/mfa-login/any', 'GET'],
    ['/dev/clock', 'GET, POST'],
    ['/dev/faults', 'GET, POST'],
    ['/inspect/api/flows', 'GET'],
  ])('%s: 405 method-not-allowed, Allow: %s', async (path, allow) => {
    const allowed = new Set(allow.split(', '));
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
      (one) => !allowed.has(one),
    )) {
      const reply = await http.send(method, path);
      expectProblem(reply, 405, 'method-not-allowed');
      expect(new Set(reply.headers.get('allow')?.split(', '))).toEqual(allowed);
    }
  });
});

describe('413 too-large', () => {
  /** A request of the right shape whose body has this many bytes. */
  const sized = (bytes: number) => {
    const [head, tail] = ['{"username":"nobody","password":"', '"}'];
    return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
  };
  const chunked = (text: string) => new Response(text).body as ReadableStream;

  test('16 KiB pass (and fail for their content), one byte more does not', async () => {
    expectErrors(await raw(sized(LIMIT)), ['password']);
    expectProblem(await raw(sized(LIMIT + 1)), 413, 'too-large');
  });

  test('the same without a Content-Length', async () => {
    expectErrors(await raw(chunked(sized(LIMIT))), ['password']);
    expectProblem(await raw(chunked(sized(LIMIT + 1))), 413, 'too-large');
  });

  test('bytes count, not letters', async () => {
    expectProblem(await raw(`{"username":"${'é'.repeat(LIMIT / 2)}"}`), 413, 'too-large');
  });

  test('a Content-Length that lies helps nobody', async () => {
    const headers = { ...json, 'content-length': '10' };
    expectProblem(await raw(sized(LIMIT + 1), headers), 413, 'too-large');
  });

  test('on a route that takes no body', async () => {
    const init = { body: sized(LIMIT + 1), headers: json };
    expectProblem(await http.send('DELETE', '/logins/any', init), 413, 'too-large');
  });

  test('on any route', async () => {
    for (const path of ['/logins/any/resend', '/dev/users', '/dev/clock', '/dev/faults'])
      expectProblem(await raw(sized(LIMIT + 1), json, path), 413, 'too-large');
  });
});

describe('415 unsupported-media-type', () => {
  const body = '{"username":"demo","password":"x"}';

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
    '',
  ])('%p', async (type) => {
    expectProblem(await raw(body, { 'content-type': type }), 415, 'unsupported-media-type');
  });

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json ;x=1',
  ])('%p is taken', async (type) => {
    expectProblem(await raw('{}', { 'content-type': type }), 400, 'invalid-request', {
      members: { errors: expect.any(Array) as unknown as JsonObject[] },
    });
  });
});

test('no answer may be stored or guessed at', async () => {
  const replies = ['/.well-known/jwks.json', '/logins/any', '/session'].map((path) => http.get(path));
  for (const { headers } of await Promise.all([...replies, raw('x'.repeat(LIMIT + 1))])) {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('Date is the clock by which instants in answers are told', async () => {
  const before = Date.parse((await http.get('/logins/none')).headers.get('date') ?? '');
  expect(Math.abs(before - http.runtime.clock.now())).toBeLessThan(2_000);
  http.runtime.clock.advance(3_600_000);
  const after = Date.parse((await http.get('/logins/none')).headers.get('date') ?? '');
  expect(after - before).toBeGreaterThanOrEqual(3_600_000);
  http.runtime.clock.advance(-3_600_000);
});
