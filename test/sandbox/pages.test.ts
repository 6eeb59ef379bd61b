/** The hosted page: what it shows, what its buttons do, and that it shows nobody's script. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Session } from '../../local/sandbox/answers.ts';
import { createStripeSandbox } from '../../local/sandbox/gateway.ts';
import { payPage } from '../../local/sandbox/pay-page.ts';
import { createSandboxServer } from '../../local/sandbox/server.ts';
import { memoryStore } from '../../local/sandbox/store.ts';

const time = { now: Date.parse('2026-01-01T00:00:00.000Z') };
const sandbox = () => createStripeSandbox({ store: memoryStore(), now: () => time.now });
let world: Awaited<ReturnType<typeof open>>;

async function open() {
  const made = sandbox();
  const server = createSandboxServer(made, {
    offsetMs: 0,
    fault: 'none',
    times: 0,
    delayMs: 0,
    webhookMode: 'prompt',
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const form = {
    ...{ mode: 'payment', customer_email: '<b>"a"</b>@example.com', client_reference_id: 'c-1' },
    ...{ 'line_items[0][quantity]': '2', 'line_items[0][price_data][currency]': 'eur' },
    ...{ 'line_items[0][price_data][unit_amount]': '1290' },
    ...{ expires_at: String(time.now / 1000 + 3_600), success_url: 'https://shop.example/done' },
    cancel_url: 'https://other.example/cart',
  };
  const response = await fetch(`${url}/v1/checkout/sessions`, {
    ...{ method: 'POST', body: new URLSearchParams(form), headers: { authorization: 'Bearer sk_1' } },
  });
  return { sandbox: made, server, url, session: (await response.json()) as Session };
}

beforeEach(async () => {
  world = await open();
});
afterEach(async () => {
  world.server.closeAllConnections();
  await new Promise((resolve) => world.server.close(resolve));
});

const get = async (url = world.session.url) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const press = async (button: string, more: { [field: string]: string } = {}) => {
  const body = new URLSearchParams({ do: button, ...more });
  const response = await fetch(world.session.url, { method: 'POST', body, redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location') };
};
const now = () => world.sandbox.session(world.session.id);

test('shows the sum and the three buttons, and nobody else’s markup', async () => {
  const { status, headers, text } = await get();
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).toContain('€25.80');
  for (const button of ['Pay', 'Decline', 'Close']) expect(text).toContain(`>${button}</button>`);
  expect(text).toContain('&lt;b&gt;&quot;a&quot;&lt;/b&gt;@example.com');
  expect(text).not.toContain('<b>');
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' https://shop.example https://other.example; frame-ancestors 'none'",
  );
});

describe('a button', () => {
  test('Pay takes the money, and leads to the shop', async () => {
    expect(await press('pay', { card: 'pm_card_visa' })).toEqual({
      status: 303,
      location: 'https://shop.example/done',
    });
    expect(now()).toMatchObject({ status: 'complete', payment_status: 'paid' });
    expect((await get()).text).toContain('has been paid');
    // Whoever goes back, and presses again, pays nothing more.
    expect(await press('pay')).toEqual({ status: 303, location: 'https://shop.example/done' });
    expect(world.sandbox.ledger()).toHaveLength(2);
  });

  test('Decline says so, and the page stays', async () => {
    const { location } = await press('decline');
    expect(location).toBe(`/pay/${world.session.id}?declined`);
    expect((await get(`${world.url}${location}`)).text).toContain('The card was declined');
    expect(now()).toMatchObject({ status: 'open', payment_status: 'unpaid', payment_intent: null });
  });

  test('Close leads back to the shop, and ends nothing', async () => {
    expect(await press('close')).toEqual({ status: 303, location: 'https://other.example/cart' });
    expect(now()).toMatchObject({ status: 'open' });
  });

  test('that there is not shows the page', async () => {
    expect(await press('steal')).toEqual({ status: 200, location: null });
    expect(now()).toMatchObject({ status: 'open' });
  });
});

test('an expired page can take no money', async () => {
  time.now += 3_600_000;
  expect((await get()).text).toContain('has expired');
  await press('pay');
  expect(now()).toMatchObject({ status: 'expired' });
  expect(world.sandbox.ledger()).toEqual([]);
  time.now -= 3_600_000;
});

test('a page that there is not is not found', async () => {
  expect((await get(`${world.url}/pay/cs_nobody`)).status).toBe(404);
});

test('a currency without cents is shown without them', () => {
  const session = { ...world.session, amount_total: 500, currency: 'jpy' };
  expect(payPage(session, false)).toContain('¥500');
});
