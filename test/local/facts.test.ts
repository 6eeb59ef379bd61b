/** Committed transitions, as the embedded process tells them: lines of a file, or posts to an address. */
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { factsCallback } from '../../adapters/embedded/facts-callback.ts';
import { openFactsFile } from '../../adapters/embedded/facts-file.ts';
import type { Publication } from '../../core/publication.ts';
import { order } from '../support/payments.ts';
import { processes } from '../support/process.ts';
import { temporaryFolder } from '../support/tables.ts';

const at = '2026-01-01T00:00:00.000Z';
const message = (version: number): Publication => ({
  ...{ flow: 'payment', flowId: 'p', version, at, from: 'A', to: 'B', facts: [] },
  event: { id: 'e', type: 'E', at },
});
const { signal } = new AbortController();
const start = processes();

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('the file', () => {
  const path = () => join(folder.path, 'facts.ndjson');
  const lines = () => readFileSync(path(), 'utf8').split('\n').slice(0, -1);

  test('has a line for each message, is for its owner alone, and goes on after a restart', async () => {
    for (const round of [0, 1]) {
      const facts = await openFactsFile(path());
      await Promise.all([1, 2, 3].map((n) => facts.publish(message(3 * round + n), signal)));
      await facts.close();
    }
    expect(lines().map((line) => JSON.parse(line))).toEqual([1, 2, 3, 4, 5, 6].map(message));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test('a line that was cut short stands alone', async () => {
    appendFileSync(path(), `${JSON.stringify(message(1))}\n{"flow":"pay`);
    const facts = await openFactsFile(path());
    await facts.publish(message(2), signal);
    await facts.close();
    expect(lines()).toEqual([JSON.stringify(message(1)), '{"flow":"pay', JSON.stringify(message(2))]);
  });
});

describe('the callback', () => {
  let server: Server;
  let heard: { type: string | undefined; body: string }[];
  let status: number;
  beforeEach(async () => {
    heard = [];
    status = 204;
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      heard.push({ type: request.headers['content-type'], body });
      response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => void server.close());
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/facts`;

  test('posts the message as JSON', async () => {
    await factsCallback(url())(message(1), signal);
    expect(heard).toEqual([{ type: 'application/json', body: JSON.stringify(message(1)) }]);
  });

  test.each([400, 404, 500, 503])('%i: not taken', async (code) => {
    status = code;
    const told = factsCallback(url())(message(1), signal);
    await expect(told).rejects.toMatchObject({ failure: 'transient', message: `callback-${code}` });
  });

  test('leads nowhere else, and waits no longer than it may', async () => {
    status = 307;
    await expect(factsCallback(url())(message(1), signal)).rejects.toThrow();
    await expect(factsCallback(url())(message(1), AbortSignal.abort())).rejects.toThrow();
    expect(heard).toHaveLength(1);
  });

  test('hears of every transition of npm start, however often it was away', async () => {
    status = 503;
    const detent = await start(folder.path, { FACTS_URL: url() });
    const { body } = await detent.post('/payments', order);
    const id = String(body['paymentId']);
    await detent.post(`/payments/${id}/abort`);
    for (let n = 0; n < 7; n++) await detent.post('/dev/clock', { advanceSeconds: 300 });
    status = 200;
    heard.length = 0;
    await detent.post('/dev/clock', { advanceSeconds: 300 });
    const told = heard.map((one) => JSON.parse(one.body) as Publication);
    expect(told.map(({ flowId, version, to }) => [flowId, version, to]).sort()).toEqual([
      [id, 1, 'Created'],
      [id, 2, 'Aborted'],
    ]);
  });
});
