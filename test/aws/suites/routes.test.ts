/** Whatever is asked of the deployed API is answered by its one route `$default`, errors as `application/problem+json`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { newUser } from '../support/clients.ts';
import { type Deployment, deployment } from '../support/deployment.ts';
import { type Reply, send } from '../support/http.ts';
import { messagesTo } from '../support/phone.ts';

let deployed: Deployment;
beforeAll(async () => {
  deployed = await deployment();
});

const MAX_BODY_BYTES = 16_384;
const json = { 'content-type': 'application/json' };

function expectProblem({ status, headers, body }: Reply, expected: number, name: string): void {
  expect({ status, type: headers.get('content-type'), body }).toEqual({
    status: expected,
    type: 'application/problem+json',
    body: expect.objectContaining({
      type: `urn:detent:problem:${name}`,
      status: expected,
      title: expect.any(String),
      detail: expect.any(String),
    }),
  });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
}

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** Every address, and what may be done there. */
const routes: { [path: string]: string } = {
  '/logins': 'POST',
  [`/logins/${ID}`]: 'GET, DELETE',
  [`/logins/${ID}/otp`]: 'POST',
  [`/logins/${ID}/resend`]: 'POST',
  '/session': 'GET, DELETE',
  '/.well-known/jwks.json': 'GET',
  '/checkouts': 'POST',
  [`/checkouts/${ID}`]: 'GET, DELETE',
  '/inventory/mug': 'GET',
};

const wrongMethods = Object.entries(routes).flatMap(([path, allow]) =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((method) => !allow.includes(method))
    .map((method) => [method, path, allow] as const),
);

test.each(wrongMethods)('%s %s is not for this address', async (method, path, allow) => {
  const reply = await send(deployed, method, path, method === 'GET' ? {} : { body: '{}', headers: json });
  expectProblem(reply, 405, 'method-not-allowed');
  expect(reply.headers.get('allow')).toBe(allow);
});

test.each(Object.entries(routes).filter(([, allow]) => allow === 'POST'))(
  'HEAD %s is not for this address, and has no body',
  async (path, allow) => {
    const { status, headers, body } = await send(deployed, 'HEAD', path);
    expect({ status, type: headers.get('content-type'), allow: headers.get('allow'), body }).toEqual({
      ...{ status: 405, type: 'application/problem+json', allow, body: {} },
    });
  },
);

test('HEAD asks for what GET gives, without the body', async () => {
  expect(await send(deployed, 'HEAD', '/.well-known/jwks.json')).toMatchObject({ status: 200, body: {} });
});

test.each(Object.entries(routes))('OPTIONS %s is not for this address', async (rawPath, allow) => {
  // MiniStack answers every OPTIONS itself, with 403. API Gateway hands it to `$default` where an HTTP API has no CORS
  // configuration: so the function gets here what the gateway would hand over.
  const event = {
    ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
    headers: { host: 'localhost', origin: 'https://example.com', 'access-control-request-method': 'POST' },
    requestContext: {
      ...{ accountId: '000000000000', apiId: 'api', domainName: 'localhost', stage: '$default' },
      ...{ requestId: 'request', routeKey: '$default', timeEpoch: 0, time: '' },
      http: { method: 'OPTIONS', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
    },
  };
  const { Payload } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName: deployed.functions.api, Payload: JSON.stringify(event) }),
  );
  const { statusCode, headers, body } = JSON.parse(new TextDecoder().decode(Payload));
  expect({ statusCode, type: headers['content-type'], allow: headers.allow }).toEqual({
    ...{ statusCode: 405, type: 'application/problem+json', allow },
  });
  expect(JSON.parse(body)).toMatchObject({ type: 'urn:detent:problem:method-not-allowed', status: 405 });
  // No other site may read what is answered.
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

describe('an address that is none', () => {
  test.each([
    ...['/nothing', '/LOGINS', '/login', '/logins/', '//logins', `/logins/${ID}/`, `/logins/${ID}/otp/again`],
    ...[
      '/sessions',
      '/.well-known/',
      '/.well-known/jwks',
      '/favicon.ico',
      '/%24default/logins',
      '/dev/logins',
    ],
    ...['/a%20b', '/%E2%82%AC', '/logins;x=1', `/${'long/'.repeat(200)}`, '/nothing?path=/session'],
    // Of the embedded runtime only.
    ...['/dev/sms?to=%2B15555550100', '/dev/flows/mfa-login/definition', '/dev/inventory/mug'],
  ])('GET %s', async (path) => {
    expectProblem(await send(deployed, 'GET', path), 404, 'not-found');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    for (const path of ['/nothing', '/dev/users', '/dev/clock'])
      expectProblem(await send(deployed, method, path, { body: '{}', headers: json }), 404, 'not-found');
  });
});

describe('a body', () => {
  const posted = (body: string, headers: { [name: string]: string } = json) =>
    send(deployed, 'POST', '/logins', { body, headers });
  const credentials = { username: 'nobody', password: 'p' };
  /** Of so many bytes. */
  const sized = (bytes: number, filling = 'x'): string => {
    const empty = JSON.stringify({ ...credentials, password: '' });
    return JSON.stringify({ ...credentials, password: filling.repeat(bytes - empty.length) });
  };

  test.each([
    ['one byte too large', sized(MAX_BODY_BYTES + 1)],
    ['of few letters and many bytes', sized(9_000, 'é')],
    ['far too large', sized(1_000_000)],
  ])('%s is refused', async (_name, body) => {
    expect(Buffer.byteLength(body)).toBeGreaterThan(MAX_BODY_BYTES);
    expectProblem(await posted(body), 413, 'too-large');
  });

  test('just not too large is read: its password is too long', async () => {
    const body = sized(MAX_BODY_BYTES);
    expect(Buffer.byteLength(body)).toBe(MAX_BODY_BYTES);
    const reply = await posted(body);
    expectProblem(reply, 400, 'invalid-request');
    expect(reply.body['errors']).toMatchObject([{ path: 'password' }]);
  });

  test('is too large on every address', async () => {
    const request = { body: sized(MAX_BODY_BYTES + 1), headers: json };
    for (const path of ['/nothing', `/logins/${ID}/otp`])
      expectProblem(await send(deployed, 'POST', path, request), 413, 'too-large');
  });

  test.each<[string, { [name: string]: string }]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', {}],
    ['bytes', { 'content-type': 'application/octet-stream' }],
    ['nearly JSON', { 'content-type': 'application/jsonp' }],
  ])('that says it is %s is not taken', async (_name, headers) => {
    expectProblem(await posted(JSON.stringify(credentials), headers), 415, 'unsupported-media-type');
  });

  test('that does not say what it is is not taken', async () => {
    // Of bytes, fetch claims nothing.
    const body = new TextEncoder().encode(JSON.stringify(credentials));
    const { status, headers } = await fetch(`${deployed.apiUrl}/logins`, { method: 'POST', body });
    expect([status, headers.get('content-type')]).toEqual([415, 'application/problem+json']);
  });

  test.each(['{', '{"username":', 'null', '[]', '"text"', '7', '{"username":"a"}', 'NaN', '\u0000'])(
    '%j is not what is expected',
    async (body) => {
      const reply = await posted(body);
      expectProblem(reply, 400, 'invalid-request');
      expect(reply.body['errors']).not.toHaveLength(0);
    },
  );

  test('with a field that is not known is refused by its name', async () => {
    const reply = await posted(JSON.stringify({ ...credentials, admin: true }));
    expectProblem(reply, 400, 'invalid-request');
    expect(reply.body['errors']).toEqual([{ path: 'admin', message: 'is not a field here' }]);
  });
});

test('the smoke test passes, with a login that it cancels', async () => {
  const { username, password, phone } = await newUser(deployed, `smoke-${process.pid}-${Date.now()}`);
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../smoke/main.ts', import.meta.url)), deployed.apiUrl, '--wait', '10'],
    { env: { SMOKE_USERNAME: username, SMOKE_PASSWORD: password } },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)));
  const [status] = await once(child, 'close');
  const lines = printed.trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual(['smoke: all 8 checks passed']);
  expect(status).toBe(0);
  expect((await messagesTo(phone)).length).toBeLessThanOrEqual(1);
});

describe('the login page', () => {
  const get = (path: string, encoding = 'identity') =>
    fetch(`${deployed.apiUrl}${path}`, { headers: { 'accept-encoding': encoding } });

  test('is served with all that it names, and nothing of it comes from elsewhere', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const html = await page.text();
    const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(named.map((path) => path.replace(/.*\./, '')).sort()).toEqual(
      expect.arrayContaining(['js', 'svg']),
    );
    for (const path of named) {
      const file = await get(path);
      expect({ path, status: file.status }).toEqual({ path, status: 200 });
      expect(file.headers.get('cache-control')).toContain('immutable');
      expect((await file.text()).length).toBeGreaterThan(100);
    }
  });

  test('is compressed, and comes out of that whole', async () => {
    const zipped = await get('/', 'gzip');
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(await zipped.text()).toBe(await (await get('/')).text());
  });

  test('has no demonstration, no inspector and no development endpoints beside it', async () => {
    expect(await (await get('/')).text()).not.toMatch(/inspect|demo/);
    for (const path of ['/inspect', '/inspect/api/flows', '/demo/shop', '/demo/payments'])
      expectProblem(await send(deployed, 'GET', path), 404, 'not-found');
  });
});
