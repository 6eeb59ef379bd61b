/** What the sandbox tells by itself: each thing once as an event, and as a webhook in whatever way is wanted. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import type { StripeEvent } from '../../local/sandbox/events.ts';
import { createEvents } from '../../local/sandbox/events.ts';
import { memoryStore } from '../../local/sandbox/store.ts';
import { createWebhookSender, type WebhookMode } from '../../local/sandbox/webhooks.ts';

const secret = 'whsec_1';

describe('events', () => {
  test('are told in their order, until they have arrived', () => {
    const events = createEvents(memoryStore(), () => 1_000);
    for (const type of ['a', 'b', 'c']) events.tell(type, {});
    const ids = events.untold().map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    events.told(ids[1] as string);
    expect(events.untold().map(({ type }) => type)).toEqual(['a', 'c']);
    events.told(ids[0] as string);
    events.told(ids[2] as string);
    events.told('nobody');
    expect(events.untold()).toEqual([]);
    events.tell('d', {});
    expect(events.untold()).toMatchObject([{ type: 'd', object: 'event', created: 1 }]);
  });
});

/** Whoever listens: what came, and whether it is taken. */
let heard: { type: string; valid: boolean }[] = [];
let takes = true;
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const signature = String(request.headers['stripe-signature']);
  const event = await Stripe.webhooks.constructEventAsync(body, signature, secret).catch(() => undefined);
  heard.push({ type: JSON.parse(body).type, valid: event !== undefined });
  response.writeHead(takes ? 200 : 503).end();
});
beforeEach(async () => {
  heard = [];
  takes = true;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function sender(mode: WebhookMode, secretNow = secret) {
  const events = createEvents(memoryStore(), () => 1_000);
  for (const type of ['first', 'second']) events.tell(type, {});
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const send = createWebhookSender({
    ...{ untold: events.untold, told: events.told, mode: () => mode },
    target: () => ({ url, secret: secretNow }),
  });
  return { send, untold: (): StripeEvent[] => events.untold() };
}
const types = () => heard.map(({ type }) => type);

describe('webhooks come', () => {
  test('promptly, signed, once', async () => {
    const { send, untold } = sender('prompt');
    await send(0);
    await send(1);
    expect(heard).toEqual([
      { type: 'first', valid: true },
      { type: 'second', valid: true },
    ]);
    expect(untold()).toEqual([]);
  });

  test('signed with what they are signed with', async () => {
    await sender('prompt', 'whsec_other').send(0);
    expect(heard.map(({ valid }) => valid)).toEqual([false, false]);
  });

  test('late', async () => {
    const { send } = sender('late');
    await send(0);
    await send(9_999);
    expect(types()).toEqual([]);
    await send(10_000);
    expect(types()).toEqual(['first', 'second']);
  });

  test('twice', async () => {
    const { send } = sender('double');
    await send(0);
    expect(types()).toEqual(['first', 'first', 'second', 'second']);
  });

  test('in reverse order', async () => {
    const { send } = sender('reordered');
    await send(0);
    expect(types()).toEqual([]);
    await send(3_000);
    expect(types()).toEqual(['second', 'first']);
  });

  test('never', async () => {
    const { send, untold } = sender('missing');
    await send(0);
    expect([types(), untold()]).toEqual([[], []]);
  });

  test('again, after pauses that grow, until they are taken', async () => {
    const { send, untold } = sender('prompt');
    takes = false;
    await send(0);
    await send(499);
    expect(types()).toEqual(['first', 'second']);
    await send(500);
    expect(types()).toHaveLength(4);
    await send(1_499);
    expect(types()).toHaveLength(4);
    takes = true;
    await send(1_500);
    expect(types()).toHaveLength(6);
    expect(untold()).toEqual([]);
  });

  test('to nobody, as long as nobody listens: then they wait', async () => {
    const events = createEvents(memoryStore(), () => 1_000);
    events.tell('first', {});
    const ports = { untold: events.untold, told: events.told, mode: () => 'prompt' as const };
    await createWebhookSender({ ...ports, target: () => undefined })(0);
    expect(events.untold()).toHaveLength(1);
  });
});
