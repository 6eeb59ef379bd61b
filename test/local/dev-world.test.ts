/** The world of the embedded process: how it is can be asked, changed, and its processes killed. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { nobody } from '../../local/outside.ts';
import { type Ordering, openOrdering } from '../checkout/ordering.ts';
import { eventually, expectProblem, type Http, openHttp } from '../support/http.ts';

jest.setTimeout(30_000);

describe('with the sandboxes', () => {
  let ordering: Ordering;
  beforeEach(async () => {
    ordering = await openOrdering();
  });
  afterEach(() => ordering.close());

  const running = async (): Promise<{ [name: string]: number }> =>
    (await ordering.http.get('/dev/sandbox')).body['running'] as { [name: string]: number };

  test('GET says how it is, which is what the last POST said', async () => {
    const { get, post } = ordering.http;
    const prompt = { webhooks: 'prompt', warehouse: 'prompt', gateway: 'prompt' };
    const { status, body } = await get('/dev/sandbox');
    expect([status, body]).toEqual([
      200,
      { ...prompt, running: { gateway: expect.any(Number), warehouse: expect.any(Number) } },
    ]);
    expect((await post('/dev/sandbox', { webhooks: 'missing', gateway: 'slow' })).status).toBe(200);
    const after = (await post('/dev/sandbox', { warehouse: 'silent' })).body;
    expect(after).toMatchObject({ webhooks: 'missing', warehouse: 'silent', gateway: 'slow' });
    expect((await get('/dev/sandbox')).body).toEqual(after);

    const failing = (await ordering.http.faults({ gateway: 'transient', sms: 'permanent' })).body;
    expect((await get('/dev/faults')).body).toEqual(failing);
    expect(failing).toEqual({ sms: 'permanent', signing: 'none', gateway: 'transient', warehouse: 'none' });
  });

  test.each(['gateway', 'warehouse'] as const)(
    'kill ends the %s as kill -9 does; it comes back',
    async (name) => {
      const before = await running();
      expect((await ordering.http.post('/dev/sandbox', { kill: name })).status).toBe(200);
      expect(isAlive(before[name] as number)).toBe(false);
      const after = await eventually(running, (seen) => seen[name] !== undefined, 10_000);
      expect(after[name]).not.toBe(before[name]);
      const other = name === 'gateway' ? 'warehouse' : 'gateway';
      expect(after[other]).toBe(before[other]);
      // And it works as before: an order is paid, and shipped.
      const id = await ordering.payable();
      await ordering.act(id, 'pay');
      await ordering.until(id, 'Fulfilled');
    },
  );

  test('kill of one that is being started: 503', async () => {
    const { post } = ordering.http;
    await post('/dev/sandbox', { kill: 'gateway' });
    const both = { kill: 'gateway', webhooks: 'missing', warehouse: 'silent' };
    expectProblem(await post('/dev/sandbox', both), 503, 'try-again', { retryAfter: true });
    // And nothing else of it is done.
    const { body } = await ordering.http.get('/dev/sandbox');
    expect(body).toMatchObject({ webhooks: 'prompt', warehouse: 'prompt' });
  });

  test('a slow gateway takes its time, and kills in it lose nothing', async () => {
    const { get, post } = ordering.http;
    await post('/dev/sandbox', { gateway: 'slow' });
    const id = await ordering.placed();
    expect((await get(`/checkouts/${id}`)).body['state']).toBe('CreatingPayment');
    const before = (await running())['gateway'];
    await post('/dev/sandbox', { kill: 'gateway' });
    await eventually(running, (seen) => (seen['gateway'] ?? before) !== before, 10_000);
    await ordering.http.runtime.idle();
    await post('/dev/sandbox', { gateway: 'prompt' });
    await ordering.pass(61);
    await ordering.until(id, 'AwaitingPayment');
  });

  test('GET /dev/clock: what time it is; it moves with it', async () => {
    const now = async () => Date.parse(String((await ordering.http.get('/dev/clock')).body['now']));
    const before = await now();
    await ordering.http.advance(3_600);
    expect((await now()) - before).toBeGreaterThanOrEqual(3_600_000);
  });

  test.each([{ kill: 'detent' }, { gateway: 'down' }, { webhooks: 1 }, { more: 1 }])(
    '400 for %j',
    async (body) => {
      const reply = await ordering.http.post('/dev/sandbox', body);
      expect(reply.status).toBe(400);
    },
  );
});

describe('without', () => {
  let http: Http;
  afterEach(() => http.close());

  test('where the gateway is a real one it is not ours to change, to slow or to kill', async () => {
    http = await openHttp({ outside: async () => ({ ...nobody, isReal: true }) });
    expect((await http.get('/dev/sandbox')).body).toEqual({ warehouse: 'prompt', running: {} });
    for (const body of [{ webhooks: 'missing' }, { gateway: 'slow' }, { kill: 'gateway' }])
      expect((await http.post('/dev/sandbox', body)).status).toBe(409);
    expect((await http.post('/dev/sandbox', { warehouse: 'slow' })).body).toEqual({
      warehouse: 'slow',
      running: {},
    });
  });

  test('GET /dev/inventory: every good, with its price', async () => {
    http = await openHttp();
    const { body } = await http.get('/dev/inventory');
    expect(body['currency']).toBe('EUR');
    expect(body['goods']).toEqual([
      { sku: 'cap', price: 1_990, onHand: 25, reserved: 0, sold: 0 },
      { sku: 'mug', price: 1_290, onHand: 100, reserved: 0, sold: 0 },
      { sku: 'poster', price: 890, onHand: 3, reserved: 0, sold: 0 },
    ]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
