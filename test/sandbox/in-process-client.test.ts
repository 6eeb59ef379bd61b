/** The real library and the real adapter on a sandbox in the same process. */
import { expect, test } from '@jest/globals';
import { createStripeGateway } from '../../adapters/stripe/gateway.ts';
import { createStripeSandbox, type SandboxFault } from '../../local/sandbox/gateway.ts';
import { memoryStore } from '../../local/sandbox/store.ts';
import { type Hook, inProcessClient } from './in-process-client.ts';

const call = { paymentId: 'p-1', key: 'k', signal: new AbortController().signal };
const amount = { value: 1_290, currency: 'EUR' };
const request = { do: 'authorize', merchant: 'shop', amount, paymentMethod: 'pm_card_visa' } as const;
const since = '2026-01-01T00:00:00.000Z';

function open(hook?: Hook, fault?: () => SandboxFault) {
  const sandbox = createStripeSandbox({ store: memoryStore(), now: () => Date.parse(since) });
  const httpClient = inProcessClient(sandbox, hook, fault);
  return { sandbox, gateway: createStripeGateway({ apiKey: async () => 'sk_test_1', httpClient }) };
}

test('a hold is made and found', async () => {
  const { gateway, sandbox } = open();
  const answer = await gateway.send(request, call);
  expect(answer).toMatchObject({ status: 'done' });
  expect(await gateway.find(request, since, { ...call, now: since })).toEqual(answer);
  expect(sandbox.ledger()).toHaveLength(1);
});

test.each([
  ['cut', 'ECONNRESET'],
  ['silent', 'ETIMEDOUT'],
] as const)(
  'an answer that the hook loses (%s): done, and nobody knows; asked once',
  async (how, message) => {
    const asked: string[] = [];
    const { gateway, sandbox } = open(async ({ path }) => {
      asked.push(path);
      return how;
    });
    await expect(gateway.send(request, call)).rejects.toMatchObject({ failure: 'ambiguous', message });
    expect(asked).toEqual(['/v1/payment_intents']);
    expect(sandbox.ledger()).toHaveLength(1);
  },
);

test('a fault of the sandbox', async () => {
  const { gateway } = open(undefined, () => 'transient');
  await expect(gateway.send(request, call)).rejects.toMatchObject({ failure: 'transient' });
});
