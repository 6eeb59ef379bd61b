/** Every failure, as it comes over the wire, through the real library. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failures } from '../../adapters/stripe/errors.ts';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import type { CardGateway, GatewayRequest } from '../../core/card-gateway.ts';
import { answered, type Means, unreached } from './mapping.ts';
import { openStub } from './stub.ts';

const TIMEOUT_MS = 150;

let stub: Awaited<ReturnType<typeof openStub>>;
let gateway: CardGateway;
beforeAll(async () => {
  stub = await openStub();
  gateway = createStripeGateway({ apiKey: async () => 'sk_test_1', url: stub.url, timeoutMs: TIMEOUT_MS });
});
afterAll(() => stub.close());

const call = { paymentId: 'p-1', key: 'p-1/2/1', signal: new AbortController().signal };
const amount = { value: 1_290, currency: 'EUR' };
const requests: GatewayRequest[] = [
  { do: 'authorize', merchant: 'shop', amount, paymentMethod: 'pm_card_visa' },
  { do: 'capture', authorization: 'pi_1', amount },
  { do: 'void', authorization: 'pi_1' },
  { do: 'reverse', authorization: 'pi_1', amount },
];

/** What came of it, in the form of the table; with nothing more. */
const outcome = (asked: Promise<Means>): Promise<Means> =>
  asked.catch((error) => {
    expect(JSON.stringify(error) + String(error)).not.toMatch(/jane|4242/);
    return [error.failure, error.message];
  });

describe.each(requests)('$do', (request) => {
  test.each(answered)('%s', async (_title, answer, means) => {
    stub.answer(answer);
    expect(await outcome(gateway.send(request, call))).toEqual(means);
    // Once: the library does not try again by itself.
    expect(stub.heard).toHaveLength(1);
    expect(stub.heard[0]?.headers['idempotency-key']).toBe(call.key);
  });
});

test.each(unreached)('%s: it has certainly not been done', async (_title, url, reason) => {
  const lonely = createStripeGateway({ apiKey: async () => 'sk_test_1', url });
  for (const request of requests)
    expect(await outcome(lonely.send(request, call))).toEqual(['transient', reason]);
});

test('each row of the table of the adapter has its proof here', async () => {
  const words = [...answered.map(([, , means]) => means), ...unreached.map(([, , reason]) => ['', reason])];
  const said = new Set(words.map((means) => JSON.stringify(means)));
  const text = [...said].join();
  for (const { word, code, network } of failures) {
    const shown = word ?? code ?? network;
    const excused = ['any', 'EAI_AGAIN', 'api_key_expired', 'payment_intent_unexpected_state', undefined];
    if (!excused.includes(shown)) expect(text).toContain(shown);
  }
});

describe('a lookup', () => {
  test.each(answered)('%s: never taken for nothing', async (_title, answer) => {
    const now = '2026-01-01T00:00:00.000Z';
    stub.answer(answer);
    for (const request of requests) {
      const found = await outcome(gateway.find(request, now, { ...call, now }) as Promise<Means>);
      expect(found).toEqual(['transient', expect.any(String)]);
    }
  });
});
