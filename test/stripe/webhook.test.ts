/** Webhooks: whose they are, how old they may be, and what each kind says. */
import { describe, expect, test } from '@jest/globals';
import { createWebhookReader } from '../../adapters/stripe/webhook.ts';
import { sessionEvent, signed } from '../support/webhooks.ts';

const secret = 'whsec_right';
const now = Date.parse('2026-01-01T00:00:00.000Z');
const seconds = now / 1000;
const read = createWebhookReader({ secret: async () => `${secret}\n`, now: () => now });

function told(event: object, { at = seconds, key = secret } = {}) {
  const { body, headers } = signed(event as never, { secret: key, timestamp: at });
  return read(body, headers['stripe-signature'] ?? '');
}

const completed = sessionEvent('checkout.session.completed', 'c-1', {}, 'evt_1');

describe('the signature', () => {
  test('is that of the provider', async () => {
    const notice = {
      id: 'evt_1',
      checkoutId: 'c-1',
      session: 'cs_1',
      state: { status: 'paid', payment: 'pi_1' },
    };
    expect(await told(completed)).toEqual(notice);
    expect(await told(completed, { at: seconds - 300 })).toEqual(notice);
    expect(await told(completed, { at: seconds + 300 })).toEqual(notice);
  });

  test('is made with another secret, too old, or of a time to come', async () => {
    expect(await told(completed, { key: 'whsec_wrong' })).toBe('forged');
    expect(await told(completed, { at: seconds - 301 })).toBe('forged');
    expect(await told(completed, { at: seconds + 301 })).toBe('forged');
  });

  test.each(['', 't=1', 'v1=abc', 't=,v1=', 'x'.repeat(10_000)])('is none: %.20s', async (header) => {
    expect(await read(JSON.stringify(completed), header)).toBe('forged');
  });

  test('is of another body, down to the last space', async () => {
    const { body, headers } = signed(completed, { secret, timestamp: seconds });
    const header = headers['stripe-signature'] ?? '';
    expect(await read(`${body} `, header)).toBe('forged');
    expect(await read(body.replace('c-1', 'c-2'), header)).toBe('forged');
    // A second time beside the right one does not make it younger.
    expect(await read(body, `t=${seconds + 9_999},${header}`)).toBe('forged');
  });
});

describe('what it says', () => {
  test.each([
    ['checkout.session.completed', {}, { status: 'paid', payment: 'pi_1' }],
    ['checkout.session.completed', { payment_intent: null }, { status: 'paid' }],
    [
      'checkout.session.completed',
      { payment_status: 'no_payment_required' },
      { status: 'paid', payment: 'pi_1' },
    ],
    ['checkout.session.completed', { payment_status: 'unpaid' }, { status: 'processing' }],
    [
      'checkout.session.async_payment_succeeded',
      { payment_status: 'unpaid' },
      { status: 'paid', payment: 'pi_1' },
    ],
    ['checkout.session.async_payment_failed', { payment_status: 'unpaid' }, { status: 'declined' }],
    ['checkout.session.expired', { status: 'expired', payment_status: 'unpaid' }, { status: 'expired' }],
  ])('%s %j', async (type, more, state) => {
    expect(await told(sessionEvent(type, 'c-1', more))).toMatchObject({ checkoutId: 'c-1', state });
  });

  test.each([
    ['another kind', sessionEvent('payment_intent.payment_failed', 'c-1')],
    ['a kind of the language', sessionEvent('constructor', 'c-1')],
    ['a session of nobody', sessionEvent('checkout.session.completed', '', { metadata: {} })],
    ['two names', sessionEvent('checkout.session.completed', 'c-1', { metadata: { checkoutId: 'c-2' } })],
  ])('nothing: %s', async (_what, event) => {
    expect(await told(event)).toBe('ignored');
  });

  // Whoever opens a payment link of the same account may choose the reference.
  test.each([
    ['by its reference', { metadata: {} }],
    ['by its reference, without metadata', { metadata: null }],
    ['by its metadata', { client_reference_id: null }],
  ])('nothing: it names an order %s alone', async (_how, more) => {
    expect(await told(sessionEvent('checkout.session.completed', 'c-1', more))).toBe('ignored');
  });
});
