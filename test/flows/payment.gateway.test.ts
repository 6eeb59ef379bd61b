/** The effects of a payment at a gateway that says what the test wants: what is sent, under which key, and what comes of it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CardGateway, GatewayAnswer, GatewayFinding, GatewayRequest } from '../../core/card-gateway.ts';
import { EffectError, type EffectFailure } from '../../core/errors.ts';
import { recordKey } from '../../core/flow.ts';
import { createPayments, order, type Payments } from '../support/payments.ts';

type Said = GatewayAnswer | EffectFailure;

interface Asked {
  how: 'send' | 'find';
  request: GatewayRequest;
  key?: string;
  since?: string;
}

/** Says what is in the list, in order; after that the last of it again. */
function scripted(said: { send: Said[]; find: (GatewayFinding | EffectFailure)[] }) {
  const asked: Asked[] = [];
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift() : list[0]) as T;
  const answer = <T extends object>(one: T | EffectFailure): T => {
    if (typeof one === 'string') throw new EffectError(one, `fault-${one}`);
    return one;
  };
  const gateway: CardGateway = {
    async send(request, { key }) {
      asked.push({ how: 'send', request, key });
      return answer(next(said.send));
    },
    async find(request, since) {
      asked.push({ how: 'find', request, since });
      return answer(next(said.find));
    },
  };
  return { gateway, asked };
}

const done = { status: 'done' as const, authorization: 'pi_1' };
const refused = { status: 'refused' as const, code: 'card_declined' };
const undecided = { status: 'undecided' as const };
const stored = { status: 'stored-error' as const };
const nothing = { status: 'nothing' as const };

const MINUTE = 60_000;
const HOUR = 3_600_000;

let script: { send: Said[]; find: (GatewayFinding | EffectFailure)[] };
let asked: Asked[];
let payments: Payments;

beforeEach(() => {
  script = { send: [done], find: [nothing] };
  const made = scripted(script);
  asked = made.asked;
  payments = createPayments({ gateway: made.gateway });
});
afterEach(() => payments.close());

const state = async () => (await payments.record('p'))?.state;
const say = (...said: Said[]) => script.send.splice(0, Number.POSITIVE_INFINITY, ...said);
const show = (...found: (GatewayFinding | EffectFailure)[]) =>
  script.find.splice(0, Number.POSITIVE_INFINITY, ...found);

async function tell(event: string, payload = {}): Promise<void> {
  expect((await payments.tell('p', event, payload)).status).toBe('applied');
}

/** Time passes until the deadline; then the reconciler comes by, and the relay has what it caused. */
async function inquire(): Promise<void> {
  const { deadline } = (await payments.record('p')) ?? {};
  payments.clock.advance(Math.max(0, Date.parse(deadline ?? '') - payments.clock.now()));
  await payments.deliverer.check(payments.flow, 'p');
  await payments.relayAll('p');
}

async function begin(): Promise<void> {
  await payments.create('p');
  await tell('Authorize');
}

describe('what is sent', () => {
  test('a hold of the whole amount, under the id of its effect', async () => {
    await begin();
    await payments.relayAll('p');
    expect(asked).toEqual([{ how: 'send', request: { do: 'authorize', ...order }, key: 'p/2/1' }]);
    expect(await state()).toBe('Authorized');
  });

  test.each([
    ['Capture', {}, 1_290, 'Captured'],
    ['Capture', { value: 500 }, 500, 'Captured'],
  ])('%s %j takes %i', async (event, payload, value, to) => {
    await begin();
    await payments.relayAll('p');
    await tell(event, payload);
    await payments.relayAll('p');
    const request = { do: 'capture', authorization: 'pi_1', amount: { value, currency: 'EUR' } };
    expect(asked.at(-1)).toEqual({ how: 'send', request, key: 'p/4/1' });
    expect(await state()).toBe(to);
    expect((await payments.record('p'))?.data).toMatchObject({ captured: { value, currency: 'EUR' } });

    await tell('Reverse');
    await payments.relayAll('p');
    expect(asked.at(-1)?.request).toEqual({ ...request, do: 'reverse' });
    expect(await state()).toBe('Reversed');
  });

  test('the release of the hold', async () => {
    await begin();
    await payments.relayAll('p');
    await tell('Cancel');
    await payments.relayAll('p');
    expect(asked.at(-1)).toEqual({
      how: 'send',
      request: { do: 'void', authorization: 'pi_1' },
      key: 'p/4/1',
    });
    expect(await state()).toBe('Cancelled');
  });

  test('until a minute before the key is not to be relied on', async () => {
    await begin();
    payments.clock.advance(23 * HOUR - MINUTE - 1);
    await payments.relayAll('p');
    expect(asked).toHaveLength(1);
  });

  test('nothing any more in that minute', async () => {
    await begin();
    payments.clock.advance(23 * HOUR - MINUTE);
    await payments.relayAll('p');
    expect(asked).toEqual([]);
    expect(await state()).toBe('Authorizing');
  });
});

test('a payment in a currency that is taken no more is captured and given back', async () => {
  await begin();
  await payments.relayAll('p');
  const key = recordKey('payment', 'p');
  const old = JSON.stringify(await payments.table.read(key)).replaceAll('EUR', 'BGN');
  await payments.table.transact([{ op: 'put', key, item: JSON.parse(old) }]);
  for (const event of ['Capture', 'Reverse']) {
    await tell(event);
    await payments.relayAll('p');
  }
  expect(asked.at(-1)?.request).toMatchObject({ do: 'reverse', amount: { currency: 'BGN' } });
  expect(await state()).toBe('Reversed');
});

describe('what the gateway says', () => {
  test.each([
    ['Authorizing', 'AuthError'],
    ['Cancelling', 'CancelError'],
    ['Capturing', 'CaptureError'],
    ['Reversing', 'ReverseError'],
  ])('no, in %s: %s, with its word', async (asking, ends) => {
    await begin();
    if (asking !== 'Authorizing') await payments.relayAll('p');
    if (asking === 'Cancelling') await tell('Cancel');
    if (asking === 'Capturing' || asking === 'Reversing') await tell('Capture');
    if (asking === 'Reversing') {
      await payments.relayAll('p');
      await tell('Reverse');
    }
    expect(await state()).toBe(asking);
    say(refused);
    await payments.relayAll('p');
    expect(await state()).toBe(ends);
    const record = await payments.record('p');
    expect(record?.data).toMatchObject({ failure: 'card_declined' });
    const entries = await payments.entries('p');
    expect(entries.at(-1)?.facts).toEqual([expect.objectContaining({ code: 'card_declined' })]);
  });

  test('that it does not know yet: no event, until it is asked', async () => {
    say(undecided);
    await begin();
    await payments.relayAll('p');
    expect(await state()).toBe('Authorizing');
    say(done);
    await inquire();
    expect(await state()).toBe('Authorized');
  });

  test.each(['transient', 'ambiguous'] as const)(
    'nothing (%s), however often: never a no',
    async (failure) => {
      say(failure);
      await begin();
      for (let n = 0; n < 10; n++) {
        await payments.relayAll('p');
        payments.clock.advance(250_000);
      }
      expect(await state()).toBe('Authorizing');
      expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['p/2/1']));
      say(done);
      await inquire();
      expect(await state()).toBe('Authorized');
    },
  );

  test('yes after all, when it had said no: the hold is released', async () => {
    say(refused);
    await begin();
    await payments.relayAll('p');
    expect(await state()).toBe('AuthError');
    await tell('AuthApproved', { authorization: 'pi_2' });
    say(done);
    await payments.relayAll('p');
    expect(asked.at(-1)?.request).toEqual({ do: 'void', authorization: 'pi_2' });
    expect(await state()).toBe('Cancelled');
  });
});

describe('an inquiry', () => {
  beforeEach(async () => {
    say('ambiguous');
    await begin();
    await payments.relayAll('p');
    asked.length = 0;
  });

  test('sends the first request again, under its key', async () => {
    say(done);
    await inquire();
    expect(asked[0]).toEqual({ how: 'send', request: { do: 'authorize', ...order }, key: 'p/2/1' });
    expect(await state()).toBe('Authorized');
  });

  test('looks it up where the gateway repeats an error', async () => {
    say(stored);
    show(done);
    await inquire();
    expect(asked.slice(0, 3).map(({ how }) => how)).toContain('find');
    expect(asked.find(({ how }) => how === 'find')?.since).toBe('2026-11-24T12:00:00.000Z');
    expect(await state()).toBe('Authorized');
  });

  test('looks it up where the gateway repeats that it is open', async () => {
    say(undecided);
    show(undecided);
    await inquire();
    expect(await state()).toBe('Authorizing');
    show(done);
    await inquire();
    expect(await state()).toBe('Authorized');
  });

  test('makes nothing anew that the gateway has taken, even where it is not to be found', async () => {
    say(undecided);
    show(nothing);
    await inquire();
    expect(asked.map(({ how }) => how)).toContain('find');
    expect(asked.filter(({ how }) => how === 'send').every(({ key }) => key === 'p/2/1')).toBe(true);
    expect(await state()).toBe('Authorizing');
  });

  test('makes the request anew, under its own id, where it is proved that nothing was done', async () => {
    const inquiryKey = 'p/3/1';
    say(stored);
    show(nothing);
    await inquire();
    expect(asked.filter(({ how }) => how === 'send').map(({ key }) => key)).toContain(inquiryKey);
  });

  test.each(['ambiguous', 'transient'] as const)(
    'comes to nothing where there is no answer (%s)',
    async (said) => {
      say(said);
      await inquire();
      expect(asked.every(({ how, key }) => how === 'send' && key === 'p/2/1')).toBe(true);
      expect(await state()).toBe('Authorizing');
    },
  );

  test('decides nothing where nothing is proved', async () => {
    say(stored);
    show('transient');
    await inquire();
    expect(asked.filter(({ how }) => how === 'send').every(({ key }) => key === 'p/2/1')).toBe(true);
    expect(await state()).toBe('Authorizing');
  });

  test('shares its key with those before it for 23 h, then has one of its own', async () => {
    say(stored);
    const keys: string[] = [];
    for (let hours = 0; hours < 50; ) {
      const before = payments.clock.now();
      await inquire();
      hours += (payments.clock.now() - before) / HOUR;
      const entries = await payments.entries('p');
      const effect = entries.at(-1)?.effects[0];
      keys.push(String(effect?.repeats ?? effect?.id));
    }
    const distinct = [...new Set(keys)];
    expect(distinct[0]).toBe('p/3/1');
    expect(distinct.length).toBe(3);
    expect(keys.length).toBeGreaterThan(40);
  });

  test('after 23 h does not rely on the first key', async () => {
    payments.clock.advance(23 * HOUR);
    show(done);
    await inquire();
    expect(asked.every(({ key }) => key !== 'p/2/1')).toBe(true);
    expect(asked[0]).toMatchObject({ how: 'find' });
    expect(await state()).toBe('Authorized');
  });

  test('only looks, in the last minute of the first key', async () => {
    payments.clock.advance(23 * HOUR - MINUTE);
    show(nothing);
    await inquire();
    expect(asked.map(({ how }) => how)).toEqual(['find']);
    expect(await state()).toBe('Authorizing');
    payments.clock.advance(MINUTE);
    say(done);
    await inquire();
    expect(asked.map(({ key }) => key)).toEqual([undefined, undefined, 'p/3/1']);
    expect(await state()).toBe('Authorized');
  });

  test('only looks, in the last minute of the key of the inquiries; then there is a next one', async () => {
    payments.clock.advance(23 * HOUR);
    say('ambiguous');
    await inquire();
    expect(asked.at(-1)?.key).toBe('p/3/1');
    asked.length = 0;
    payments.clock.advance(23 * HOUR - MINUTE);
    await inquire();
    // The one before looks again, too.
    expect(asked.map(({ how }) => how)).toEqual(['find', 'find']);
    payments.clock.advance(MINUTE);
    say(done);
    await inquire();
    expect(asked.at(-1)?.key).toBe('p/5/1');
    expect(await state()).toBe('Authorized');
  });

  test('after 23 h makes the request anew where nothing was done', async () => {
    payments.clock.advance(23 * HOUR);
    say(done);
    await inquire();
    expect(asked.map(({ how, key }) => [how, key])).toEqual([
      ['find', undefined],
      ['send', 'p/3/1'],
    ]);
    expect(await state()).toBe('Authorized');
  });

  test('makes nothing anew for a payment that has had its answer meanwhile', async () => {
    say('transient');
    // The reconciler comes late.
    payments.clock.advance(2 * HOUR);
    await inquire();
    await tell('AuthDeclined', { code: 'no' });
    expect(await state()).toBe('AuthError');
    const before = asked.length;
    // The inquiry is still open, and the first key has been forgotten.
    payments.clock.advance(22 * HOUR);
    say(done);
    show(nothing);
    await payments.relayAll('p');
    expect(asked.slice(before).map(({ how }) => how)).not.toContain('send');
    expect(await state()).toBe('AuthError');
  });
});
