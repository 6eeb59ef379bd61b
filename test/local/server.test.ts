/** Stopping the server: what is under way is answered, and nobody can hold it up. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { type Listening, listen } from '../../local/server.ts';

const GRACE_MS = 300;
const sockets: Socket[] = [];
const servers: Listening[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  // Also where a test failed: a server that is left open keeps the test run alive.
  await Promise.all(servers.splice(0).map((server) => server.drain()));
});

/** A server with one slow route. `begun` resolves when a request has reached it, `finish` answers it. */
async function slow() {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const app = new Hono();
  app.get('/', (c) => c.text('done'));
  app.get('/slow', async (c) => {
    begun.resolve();
    await finish.promise;
    return c.text('done');
  });
  const server = await listen(app, 0, '127.0.0.1', { graceMs: GRACE_MS, workMs: 4 * GRACE_MS });
  servers.push(server);
  return { server, begun: begun.promise, finish: finish.resolve, url: `http://127.0.0.1:${server.port}` };
}

async function dial({ port }: Listening, text = ''): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

async function timed(task: Promise<unknown>): Promise<number> {
  const before = performance.now();
  await task;
  return performance.now() - before;
}

test('a request under way is answered, and its connection ends with the answer', async () => {
  const { server, begun, finish, url } = await slow();
  const reply = fetch(`${url}/slow`);
  await begun;
  const drained = server.drain();
  setTimeout(finish, 50);
  const { status, headers } = await reply;
  expect({ status, connection: headers.get('connection') }).toEqual({ status: 200, connection: 'close' });
  expect(await timed(drained)).toBeLessThan(GRACE_MS);
});

test('nothing new is taken', async () => {
  const { server, url } = await slow();
  await server.drain();
  await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('a connection that is kept alive, but idle, does not hold it up', async () => {
  const { server, url } = await slow();
  const response = await fetch(url);
  await response.text();
  expect(response.headers.get('connection')).toBe('keep-alive');
  expect(await timed(server.drain())).toBeLessThan(GRACE_MS);
});

test('a client that goes on asking on its connection does not hold it up', async () => {
  const { server, begun, finish } = await slow();
  const socket = await dial(server, 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.on('data', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
  await begun;
  const drained = server.drain();
  finish();
  expect(await timed(drained)).toBeLessThan(GRACE_MS);
});

test('a request that was half sent when it stopped is answered, and ends its connection', async () => {
  const { server } = await slow();
  const socket = await dial(server, 'GET / HTTP/1.1\r\nhost:');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const drained = server.drain();
  socket.write(' x\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK.*connection: close/is);
  expect(await timed(drained)).toBeLessThan(GRACE_MS);
});

test.each([
  ['nothing', ''],
  ['half a head', 'POST / HTTP/1.1\r\nhost:'],
  ['half a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"user'],
])('a client that has sent %s holds it up for the grace and no longer', async (_name, text) => {
  const { server } = await slow();
  await dial(server, text);
  expect(await timed(server.drain())).toBeLessThan(GRACE_MS + 500);
});

test('a request that is being worked on is answered, also after the grace', async () => {
  const { server, begun, finish, url } = await slow();
  const reply = fetch(`${url}/slow`);
  await begun;
  const drained = server.drain();
  setTimeout(finish, 2 * GRACE_MS);
  expect((await reply).status).toBe(200);
  await drained;
});

test('one that never ends is cut off in the end', async () => {
  const { server, begun, finish, url } = await slow();
  const reply = fetch(`${url}/slow`).then(
    ({ status }) => status,
    () => 'cut off',
  );
  await begun;
  const took = await timed(server.drain());
  expect(took).toBeGreaterThan(3 * GRACE_MS);
  expect(took).toBeLessThan(5 * GRACE_MS + 500);
  finish();
  expect(await reply).toBe('cut off');
});

test.each([
  ['a Host header that cannot be read', 400, 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n'],
  ['what is no HTTP at all', 400, 'GARBAGE\r\n\r\n'],
  ['headers beyond all measure', 431, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
])('%s: a problem with status %i', async (_what, status, request) => {
  const { server } = await slow();
  const socket = await dial(server, request);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  expect(text.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
  expect(text).toMatch(/content-type: application\/problem\+json/i);
  expect(text).toContain(`"type":"urn:detent:problem:${status === 431 ? 'too-large' : 'invalid-request'}"`);
  await server.drain();
});

test('a port that is taken is refused', async () => {
  const { server } = await slow();
  await expect(listen(new Hono(), server.port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.drain();
});
