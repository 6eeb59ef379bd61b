/** The sandbox as a process: what it has answered is there after any end, it ends with whoever started it, and nobody else gets in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import { type StartedSandbox, type StartOptions, startSandbox } from '../../local/sandbox/start.ts';
import { temporaryFolder } from '../support/tables.ts';
import { DAY_MS, order } from './shop.ts';

jest.setTimeout(30_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function folder(): string {
  const { path, remove } = temporaryFolder();
  ends.push(remove);
  return path;
}

async function start(options: Partial<StartOptions> = {}): Promise<StartedSandbox> {
  const sandbox = await startSandbox({ dataDir: folder(), ...options });
  ends.push(() => sandbox.stop());
  return sandbox;
}

const form = (fields: { [name: string]: string | number }) =>
  new URLSearchParams(
    Object.entries(fields).map(([name, value]) => [name, String(value)] as [string, string]),
  ).toString();

async function post(sandbox: StartedSandbox, path: string, body: string, key: string) {
  const response = await fetch(`${sandbox.url()}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_1', 'idempotency-key': key, connection: 'close' },
    body,
  });
  const { status, headers } = response;
  const answer = (await response.json()) as { id: string; error?: { code?: string } };
  return { status, body: answer, replayed: headers.get('idempotent-replayed') };
}

const hold = (sandbox: StartedSandbox, key: string) => post(sandbox, '/v1/payment_intents', form(order), key);

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Kills it, and waits until another one is there. */
async function kill(sandbox: StartedSandbox): Promise<void> {
  const before = sandbox.pid() as number;
  process.kill(before, 'SIGKILL');
  while (sandbox.pid() === before) await pause(10);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<void> {
  for (let look = 0; isAlive(pid); look++) {
    if (look > 500) throw new Error('it is still there');
    await pause(10);
  }
}

describe('kill -9', () => {
  test('between two requests loses nothing, and a key that comes again does nothing twice', async () => {
    const sandbox = await start();
    const first = await hold(sandbox, 'k-1');
    await kill(sandbox);
    const again = await hold(sandbox, 'k-1');
    expect(again).toEqual({ status: 200, body: first.body, replayed: 'true' });
    await post(sandbox, `/v1/payment_intents/${first.body.id}/capture`, '', 'k-2');
    await kill(sandbox);
    await post(sandbox, `/v1/payment_intents/${first.body.id}/capture`, '', 'k-2');
    const moved = (await sandbox.ledger()).map(({ kind, key }) => `${kind} ${key}`);
    expect(moved).toEqual(['authorized k-1', 'captured k-2']);
  });

  test('amid requests: what was answered is there, and each key moves money once', async () => {
    const sandbox = await start();
    const keys = Array.from({ length: 60 }, (_, n) => `k-${n}`);
    const answered = new Map<string, string>();
    const ask = async (key: string): Promise<void> => {
      for (;;) {
        const told = await hold(sandbox, key).catch(() => undefined);
        if (told?.status === 200) return void answered.set(key, told.body.id);
        await pause(5);
      }
    };
    const killing = (async () => {
      for (let times = 0; times < 3; times++) {
        await pause(20 + 15 * times);
        await kill(sandbox);
      }
    })();
    for (let n = 0; n < keys.length; n += 6) await Promise.all(keys.slice(n, n + 6).map(ask));
    await killing;
    const lines = await sandbox.ledger();
    expect(lines.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    for (const { key, paymentIntent } of lines) expect(answered.get(key)).toBe(paymentIntent);
  });

  test('it is there again at the same address, with the same clock and the same fault', async () => {
    const sandbox = await start();
    const before = sandbox.url();
    const { body } = await hold(sandbox, 'k');
    await sandbox.setClock(7 * DAY_MS);
    await sandbox.setFault('transient');
    await kill(sandbox);
    expect(sandbox.url()).toBe(before);
    expect((await hold(sandbox, 'k-2')).status).toBe(429);
    await sandbox.setFault('none');
    const late = await post(sandbox, `/v1/payment_intents/${body.id}/capture`, '', 'k-3');
    expect(late.body.error?.code).toBe('payment_intent_unexpected_state');
  });

  test('what is ordered while it is down is heard by the next', async () => {
    const sandbox = await start();
    for (const waiting of [0, 60, 140, 200]) {
      await sandbox.setFault('none');
      await sandbox.setClock(0);
      const before = sandbox.pid() as number;
      process.kill(before, 'SIGKILL');
      await gone(before);
      // At some instant of the start of the next.
      await pause(waiting);
      await sandbox.setClock(waiting + 1);
      await sandbox.setFault('transient');
      while (sandbox.pid() === before) await pause(5);
      await pause(50);
      expect((await hold(sandbox, `k-${waiting}`)).status).toBe(429);
    }
  });

  test('the adapter goes on, with the library in between', async () => {
    const sandbox = await start();
    const gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: String(sandbox.url()) });
    const call = { paymentId: 'p-1', key: 'k', signal: new AbortController().signal };
    const amount = { value: 1_290, currency: 'EUR' };
    const request = { do: 'authorize', merchant: 'shop', amount, paymentMethod: 'pm_card_visa' } as const;
    const answer = await gateway.send(request, call);
    const before = sandbox.pid() as number;
    process.kill(before, 'SIGKILL');
    await gone(before);
    await expect(gateway.send(request, call)).rejects.toMatchObject({
      ...{ failure: 'transient', message: 'ECONNREFUSED' },
    });
    while (sandbox.pid() === before) await pause(10);
    expect(await gateway.send(request, call)).toEqual(answer);
    expect(await sandbox.ledger()).toHaveLength(1);
  });
});

describe('its end', () => {
  test('comes with the end of whoever started it, however that ends', async () => {
    const script = `
      import { startSandbox } from ${JSON.stringify(resolve(import.meta.dirname, '../../local/sandbox/start.ts'))};
      const sandbox = await startSandbox({ dataDir: process.argv[1] });
      process.stdout.write(sandbox.pid() + '\\n');
      setInterval(() => {}, 1_000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, folder()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await gone(pid);
  });

  test('does not come with a signal to the whole group', async () => {
    const sandbox = await start();
    const pid = sandbox.pid() as number;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(pid, signal);
    await pause(100);
    expect((await hold(sandbox, 'k')).status).toBe(200);
    expect(sandbox.pid()).toBe(pid);
  });

  test('comes with a stop, and it is not started again', async () => {
    const sandbox = await start();
    const pid = sandbox.pid() as number;
    await sandbox.stop();
    expect(isAlive(pid)).toBe(false);
    await pause(300);
    await expect(fetch(`${sandbox.url()}/_control/health`)).rejects.toThrow();
    await expect(sandbox.ledger()).rejects.toThrow('down');
  });
});

describe('its file', () => {
  test('is for its owner alone', async () => {
    const dataDir = folder();
    await start({ dataDir });
    expect(statSync(join(dataDir, 'gateway.db')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['no file of SQLite', 'x'.repeat(4_096), 'is no data file of the sandbox'],
    ['no file of anybody', undefined, 'cannot be opened'],
  ])('%s: it says what is wrong, and tries again', async (_title, content, message) => {
    const dataDir = content === undefined ? join(folder(), 'none') : folder();
    if (content !== undefined) writeFileSync(join(dataDir, 'gateway.db'), content);
    const heard: string[] = [];
    const sandbox = await start({ dataDir, onFailure: (told) => void heard.push(told) });
    expect(sandbox.url()).toBeUndefined();
    while (heard.length < 2) await pause(10);
    expect(heard[0]).toContain(message);
    expect(heard[0]?.split('\n')).toHaveLength(1);
  });
});

describe('its door', () => {
  test('is open on this machine only', async () => {
    const sandbox = await start();
    const port = Number(new URL(String(sandbox.url())).port);
    const [error] = await once(connect({ host: '127.0.0.2', port }), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('has a delay for each answer, not for the controls', async () => {
    const sandbox = await start({ delayMs: 300 });
    const took = async (task: () => Promise<unknown>) => {
      const before = performance.now();
      await task();
      return performance.now() - before;
    };
    expect(await took(() => hold(sandbox, 'k'))).toBeGreaterThanOrEqual(299);
    expect(await took(() => fetch(`${sandbox.url()}/v1/payment_intents`))).toBeGreaterThanOrEqual(299);
    expect(await took(() => sandbox.ledger())).toBeLessThan(250);
  });

  test('a second request under a key whose first is not over: 409', async () => {
    const sandbox = await start({ delayMs: 300 });
    const first = hold(sandbox, 'k');
    await pause(100);
    const second = await hold(sandbox, 'k');
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'idempotency_key_in_use' } } });
    expect((await first).status).toBe(200);
    expect(await hold(sandbox, 'k')).toMatchObject({ status: 200, replayed: 'true' });
  });

  test('takes 64 kB at the most', async () => {
    const sandbox = await start();
    const { status } = await post(sandbox, '/v1/payment_intents', 'x'.repeat(65_537), 'k');
    expect(status).toBe(413);
    expect((await post(sandbox, '/v1/payment_intents', 'x'.repeat(65_536), 'k')).status).toBe(400);
  });

  test('a fault for so many requests that change something', async () => {
    const sandbox = await start();
    await sandbox.setFault('transient', 2);
    await fetch(`${sandbox.url()}/v1/payment_intents`);
    const statuses = [];
    for (const key of ['k-1', 'k-2', 'k-3']) statuses.push((await hold(sandbox, key)).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  test('its controls say what they do not take', async () => {
    const sandbox = await start();
    const ask = async (method: string, path: string, body?: string, headers = {}) => {
      const init = { method, headers, ...(body !== undefined && { body }) };
      return (await fetch(`${sandbox.url()}/_control/${path}`, init)).status;
    };
    expect(await ask('GET', 'health')).toBe(200);
    expect(await ask('GET', 'none')).toBe(404);
    for (const body of ['{}', '{', '', '{"offsetMs":"1"}'])
      expect(await ask('POST', 'clock', body)).toBe(400);
    for (const body of ['{"kind":"fire"}', '{"kind":"none","times":0}', '{"kind":"none","more":1}'])
      expect(await ask('POST', 'faults', body)).toBe(400);
    // A page that is open in a browser.
    expect(await ask('POST', 'clock', '{"offsetMs":1}', { origin: 'https://example.com' })).toBe(403);
  });
});
