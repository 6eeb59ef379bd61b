/** Orders and stock over HTTP: every answer that a customer may get. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckoutProvider } from '../../core/checkout-provider.ts';
import { setStock } from '../../flows/checkout/stock.ts';
import { nobody } from '../../local/outside.ts';
import { order } from '../support/checkouts.ts';
import { eventually, expectProblem, type Http, json, openHttp, withKey } from '../support/http.ts';

const provider: CheckoutProvider = {
  createSession: async (_order, { checkoutId }) => ({
    ...{ status: 'created', session: `cs_${checkoutId}`, url: `https://pay.example/${checkoutId}` },
  }),
  expireSession: async () => ({ status: 'expired' }),
  readSession: async () => ({ status: 'open' }),
};

let http: Http;
beforeEach(async () => {
  http = await openHttp({ outside: async () => ({ ...nobody, checkout: provider }) });
});
afterEach(() => http.close());

const place = (body: unknown = order, headers = {}) => http.post('/checkouts', body, headers);
const total = { value: 3_470, currency: 'EUR' };
const stock = async (sku: string) => (await http.get(`/inventory/${sku}`)).body;
async function payable(): Promise<string> {
  const { body } = await place();
  const id = String(body['checkoutId']);
  await eventually(
    async () => (await http.get(`/checkouts/${id}`)).body['state'],
    (state) => state === 'AwaitingPayment',
  );
  return id;
}

describe('POST /checkouts', () => {
  test('201: what it costs, and where it can be paid as soon as there is a page', async () => {
    const reply = await place();
    const id = String(reply.body['checkoutId']);
    expect(reply).toMatchObject({ status: 201, body: { checkoutId: id, state: 'CreatingPayment', total } });
    expect(Object.keys(reply.body).sort()).toEqual(['checkoutId', 'state', 'total']);
    await http.runtime.idle();
    expect((await http.get(`/checkouts/${id}`)).body).toEqual({
      ...{ checkoutId: id, state: 'AwaitingPayment', total, paymentUrl: `https://pay.example/${id}` },
    });
    expect(await stock('mug')).toEqual({ sku: 'mug', onHand: 98, reserved: 2, sold: 0 });
  });

  test('409 out-of-stock: what there is too little of', async () => {
    const items = [
      { sku: 'poster', quantity: 4 },
      { sku: 'mug', quantity: 1 },
    ];
    const reply = await place({ ...order, items });
    const missing = [{ sku: 'poster', quantity: 4, onHand: 3 }];
    expectProblem(reply, 409, 'out-of-stock', { members: { items: missing } });
    expect(await stock('mug')).toMatchObject({ onHand: 100, reserved: 0 });
  });

  test('404 unknown-sku: which', async () => {
    const items = [...order.items, { sku: 'car', quantity: 1 }, { sku: 'boat', quantity: 1 }];
    expectProblem(await place({ ...order, items }), 404, 'unknown-sku', {
      members: { skus: ['car', 'boat'] },
    });
    expect(await stock('mug')).toMatchObject({ onHand: 100, reserved: 0 });
  });

  test('the same key gives the same order, also where there was too little', async () => {
    const [first, second] = [await place(order, withKey('k-1')), await place(order, withKey('k-1'))];
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(await stock('mug')).toMatchObject({ reserved: 2 });
    const many = { ...order, items: [{ sku: 'poster', quantity: 9 }] };
    const refused = await place(many, withKey('k-2'));
    await setStock(http.runtime.table, 'poster', 50);
    const again = await place(many, withKey('k-2'));
    expect([again.status, again.text]).toEqual([409, refused.text]);
    expectProblem(await place(order, withKey('k-2')), 422, 'key-reused');
  });

  test('an unknown good is no answer to remember: it may be there tomorrow', async () => {
    const items = [{ sku: 'lamp', quantity: 1 }];
    expectProblem(await place({ ...order, items }, withKey('k-3')), 404, 'unknown-sku', {
      members: { skus: ['lamp'] },
    });
    await setStock(http.runtime.table, 'lamp', 5, 4_900);
    expect(await place({ ...order, items }, withKey('k-3'))).toMatchObject({ status: 201 });
  });

  describe('400 invalid-request, by what is wrong', () => {
    const one = (change: object) => ({ ...order, items: [{ sku: 'mug', quantity: 1, ...change }] });
    const goods = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ sku: `good-${n}`, quantity: 1 }));
    test.each([
      ['items', { ...order, items: [] }],
      ['items', { ...order, items: undefined }],
      ['items', { ...order, items: 'mug' }],
      ['items', { ...order, items: goods(21) }],
      ['items', { ...order, items: Array.from({ length: 101 }, () => ({ sku: 'mug', quantity: 1 })) }],
      ['items.0.quantity', one({ quantity: 0 })],
      ['items.0.quantity', one({ quantity: -1 })],
      ['items.0.quantity', one({ quantity: 1.5 })],
      ['items.0.quantity', one({ quantity: '1' })],
      ['items.0.quantity', one({ quantity: 10_001 })],
      [
        'items',
        {
          ...order,
          items: [
            { sku: 'mug', quantity: 6_000 },
            { sku: 'mug', quantity: 4_001 },
          ],
        },
      ],
      ['items.0.sku', one({ sku: '' })],
      ['items.0.sku', one({ sku: 'MUG' })],
      ['items.0.sku', one({ sku: '../mug' })],
      ['items.0.price', one({ price: 1 })],
      ['email', { ...order, email: 'nobody' }],
      ['email', { ...order, email: `${'x'.repeat(250)}@example.com` }],
      ['email', { items: order.items }],
      ['total', { ...order, total: 1 }],
    ])('%s', async (path, body) => {
      const reply = await place(body);
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ path }] } });
      expect(reply.text).not.toContain('nobody');
      expect(await stock('mug')).toMatchObject({ onHand: 100, reserved: 0 });
    });

    test('a total that no card could pay', async () => {
      await setStock(http.runtime.table, 'gold', 10, 60_000_000);
      const reply = await place({ ...order, items: [{ sku: 'gold', quantity: 2 }] });
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'items' }] } });
    });

    test('1,000 lines are too much to read', async () => {
      const items = Array.from({ length: 1_000 }, () => ({ sku: 'mug', quantity: 1 }));
      expectProblem(await place({ ...order, items }), 413, 'too-large');
    });
  });

  test('20 different goods are one order', async () => {
    const items = Array.from({ length: 20 }, (_, n) => ({ sku: `good-${n}`, quantity: 2 }));
    for (const { sku } of items) await setStock(http.runtime.table, sku, 2, 100);
    expect(await place({ ...order, items })).toMatchObject({
      status: 201,
      body: { total: { value: 4_000 } },
    });
    expect(await stock('good-19')).toMatchObject({ onHand: 0, reserved: 2 });
  });
});

describe('/checkouts/{id}', () => {
  test('DELETE: 200 the view, Cancelled; then 409', async () => {
    const id = await payable();
    expect(await http.del(`/checkouts/${id}`)).toMatchObject({
      ...{ status: 200, body: { checkoutId: id, state: 'Cancelled', total } },
    });
    expect((await http.get(`/checkouts/${id}`)).body['paymentUrl']).toBeUndefined();
    expectProblem(await http.del(`/checkouts/${id}`), 409, 'wrong-state', {
      members: { state: 'Cancelled' },
    });
    const again = await http.del(`/checkouts/${await payable()}`, withKey('k-1'));
    expect(again.status).toBe(200);
  });

  test('nobody’s: 404', async () => {
    expectProblem(await http.get('/checkouts/nobody'), 404, 'not-found');
    expectProblem(await http.del('/checkouts/nobody'), 404, 'not-found');
  });

  test('other methods: 405', async () => {
    expectProblem(
      await http.send('PUT', '/checkouts/x', { body: '{}', headers: json }),
      405,
      'method-not-allowed',
    );
    expectProblem(await http.post('/inventory/mug', {}), 405, 'method-not-allowed');
  });
});

test('GET /inventory/{sku}: a good that there is not is unknown', async () => {
  for (const sku of ['car', '__proto__', 'mug%2F..', 'x'.repeat(500)])
    expectProblem(await http.get(`/inventory/${sku}`), 404, 'unknown-sku');
});

describe('who it is for', () => {
  test('no answer, no log line and no view holds the address', async () => {
    const id = await payable();
    await http.del(`/checkouts/${id}`);
    const { trail } = (await http.get(`/dev/flows/checkout/${id}`)).body['record'] as never;
    expect(JSON.stringify([http.signals, trail, await http.get(`/checkouts/${id}`)])).not.toContain(
      'customer@',
    );
  });
});
