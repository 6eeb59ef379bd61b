/** What the demonstration's pages decide, without a browser. */
import { describe, expect, test } from '@jest/globals';
import {
  type AnswerLine,
  answerText,
  MOST_LINES,
  statusText,
  toneOf,
  withAnswer,
  withLine,
} from '../../client/demo/answers.ts';
import { cards, cardText } from '../../client/demo/cards.ts';
import { codeIn, newestFirst } from '../../client/demo/messages.ts';
import { digitsOf, minorUnits, moneyText } from '../../client/demo/money.ts';
import { problemText, refusalText, SILENCE } from '../../client/demo/refusals.ts';
import { orderStates, paymentStates, wordsOf } from '../../client/demo/states.ts';
import { unsaid, wishFor, wishIn } from '../../client/demo/wish.ts';
import { flowSettings, flowsOf } from '../../flows/index.ts';
import { isPaymentMethod } from '../../flows/payment/payment-methods.ts';
import { cards as sandboxCards } from '../../local/sandbox/cards.ts';

describe('amounts', () => {
  test.each([
    ['12.90', 'EUR', 1_290],
    ['12,9', 'EUR', 1_290],
    ['12', 'EUR', 1_200],
    [' 0.05 ', 'USD', 5],
    ['12.', 'EUR', 1_200],
    ['1200', 'JPY', 1_200],
    ['1.234', 'BHD', 1_234],
    ['0', 'EUR', 0],
  ])('%j %s is %d minor units', (text, currency, value) => {
    expect(minorUnits(text, currency)).toBe(value);
  });

  test.each([
    ['', 'EUR'],
    ['-1', 'EUR'],
    ['1e3', 'EUR'],
    ['12.905', 'EUR'],
    ['1.5', 'JPY'],
    ['1.000,00', 'EUR'],
    ['.5', 'EUR'],
    ['twelve', 'EUR'],
  ])('%j is no amount in %s', (text, currency) => {
    expect(minorUnits(text, currency)).toBeUndefined();
  });

  test('are written with the digits of their currency', () => {
    expect(moneyText({ value: 1_290, currency: 'EUR' })).toBe('12.90 EUR');
    expect(moneyText({ value: 1_290, currency: 'JPY' })).toBe('1290 JPY');
    expect(moneyText({ value: 5, currency: 'BHD' })).toBe('0.005 BHD');
    expect([digitsOf('not a currency'), moneyText({ value: 100, currency: '??' })]).toEqual([2, '1.00 ??']);
  });
});

describe('a wish', () => {
  let n = 0;
  const newKey = () => `key-${++n}`;

  test('has one key until it is answered, however often it is made; another one has its own', () => {
    const first = wishFor({ items: [1] }, undefined, newKey);
    expect(wishFor({ items: [1] }, first, newKey)).toBe(first);
    const other = wishFor({ items: [2] }, first, newKey);
    expect(other.key).not.toBe(first.key);
    expect(wishFor({ items: [1] }, undefined, newKey).key).not.toBe(first.key);
  });

  test('is none while nobody has said how many', () => {
    expect(unsaid({ cap: 0, mug: Number.NaN })).toBe('mug');
    expect(unsaid({ cap: 0, mug: 1 })).toBeUndefined();
  });

  test('outlives a reload', () => {
    const wish = wishFor({ a: 1 }, undefined, newKey);
    expect(wishIn(JSON.stringify(wish))).toEqual(wish);
    for (const text of [null, '', '{', 'null', '1', '{"body":1,"key":"k"}', '{"body":"{}"}'])
      expect(wishIn(text)).toBeUndefined();
  });
});

describe('a refusal in words', () => {
  const refusal = (name: string, members: { [member: string]: unknown } = {}, detail = 'Said so.') => ({
    ...{ name, detail, members, status: 409 },
  });

  test.each([
    [
      refusal('out-of-stock', {
        items: [
          { sku: 'poster', quantity: 5, onHand: 3 },
          { sku: 'cap', quantity: 2, onHand: 1 },
        ],
      }),
      'Too few pieces: poster, of which you want 5, and 3 are on hand; cap, of which you want 2, and 1 is on hand. Nothing was set apart.',
    ],
    [refusal('unknown-sku', { skus: ['lamp'] }), 'There is no such good: lamp.'],
    [refusal('unknown-sku'), 'There is no such good.'],
    [
      refusal('invalid-request', {
        errors: [
          { path: 'email', message: 'must be one' },
          { path: '', message: 'is none' },
        ],
      }),
      'That cannot be asked for: email must be one; is none.',
    ],
    [refusal('amount-too-large', {}, 'At most 5.'), 'That is more than was held on the card. At most 5.'],
    [refusal('wrong-state', {}, 'The state is X.'), 'Refused, and nothing was changed. The state is X.'],
    [{ ...refusal('try-again'), retryAfter: 2 }, 'Not now. Said so. Try again in 2 s.'],
    [refusal('conflict'), 'Not now. Said so.'],
    [refusal('something-new'), 'Said so.'],
    [refusal('something-new', {}, ''), 'It was refused (something-new).'],
    [refusal('', {}, ''), 'It was refused (without a reason).'],
  ])('%#', (given, text) => {
    expect(refusalText(given)).toBe(text);
  });

  const keyed = { hasKey: true };
  const keyless = { hasKey: false };

  test('silence says that nothing is done twice; a success says nothing', () => {
    expect(problemText({ kind: 'silent' }, keyed)).toBe(SILENCE);
    expect(problemText({ kind: 'refused', refusal: refusal('x') }, keyed)).toBe('Said so.');
    expect(problemText({ kind: 'done', status: 200, value: {} }, keyed)).toBeUndefined();
  });

  test('where it is open what happened, it says what to do: not to press again where there is no key', () => {
    const failed = { kind: 'refused', refusal: { ...refusal('internal'), status: 500 } } as const;
    expect(problemText(failed, keyed)).toBe(
      'Said so. Press again: it is asked under the same key, and done once.',
    );
    expect(problemText(failed, keyless)).toBe(
      'Said so. It may have been done or not: look before you press again.',
    );
    expect(problemText({ kind: 'silent' }, keyless)).toBe(
      'No answer came. It may have been done or not: look before you press again.',
    );
    expect(problemText({ kind: 'refused', refusal: refusal('conflict') }, keyed)).toBe('Not now. Said so.');
  });
});

describe('states', () => {
  test('every state of the flows has words, and no word is of a state that there is not', () => {
    const flows = flowsOf(flowSettings({}));
    const statesOf = (flow: 'checkout' | 'payment') =>
      Object.entries(
        (flows[flow].definition as unknown as { States: { [name: string]: { Type: string } } }).States,
      )
        .filter(([, { Type }]) => Type === 'Pass')
        .map(([name]) => name);
    for (const [flow, words] of [
      ['checkout', orderStates],
      ['payment', paymentStates],
    ] as const)
      for (const state of Object.keys(words)) expect(statesOf(flow)).toContain(state);
    expect(Object.keys(orderStates)).toHaveLength(11);
    expect(Object.keys(paymentStates)).toHaveLength(14);
  });

  test('one without words shows its name', () => {
    for (const state of ['Teleporting', 'constructor', '__proto__'])
      expect(wordsOf(orderStates, state)).toEqual({ title: state, text: '', tone: 'quiet' });
  });
});

describe('answers', () => {
  const sent = { action: 'capture', key: 'k' };
  const line = (n: number, answer?: AnswerLine['answer']): AnswerLine => ({
    ...{ n, sent, again: false },
    ...(answer && { answer }),
  });
  const done = { kind: 'done', status: 202, value: { state: 'Capturing', version: 4 } } as const;
  const refused = {
    kind: 'refused',
    refusal: { name: 'wrong-state', status: 409, detail: 'The state is Created.', members: {} },
  } as const;

  test.each<[AnswerLine, string, string, string]>([
    [line(1), '…', 'Under way.', 'quiet'],
    [line(1, done), '202', 'Taken: Capturing, version 4.', 'good'],
    [line(1, refused), '409 wrong-state', 'Refused, and nothing was changed. The state is Created.', 'bad'],
    [
      line(1, { kind: 'silent' }),
      'no answer',
      'It may have been heard or not. Send it again under the same key.',
      'warn',
    ],
  ])('%#', (one, status, text, tone) => {
    expect([statusText(one), answerText(one), toneOf(one)]).toEqual([status, text, tone]);
  });

  test('the newest comes first, and old ones go; each answer finds its request', () => {
    let lines: AnswerLine[] = [];
    for (let n = 1; n <= MOST_LINES + 2; n++) lines = withLine(lines, line(n));
    expect(lines.map(({ n }) => n)).toEqual(
      Array.from({ length: MOST_LINES }, (_, at) => MOST_LINES + 2 - at),
    );
    const answered = withAnswer(lines, 5, done);
    expect(answered.filter(({ answer }) => answer).map(({ n }) => n)).toEqual([5]);
    expect(withAnswer(lines, 1, done)).toEqual(lines);
  });
});

test('cards: those that the API and the sandbox know, with what each does', () => {
  for (const [name, , what] of cards) {
    expect(isPaymentMethod(name)).toBe(true);
    expect(Object.keys(sandboxCards)).toContain(name);
    expect(cardText(name)).toBe(what);
  }
  expect(cardText('pm_card_other')).toBe('');
});

test('the phone shows the last few, the newest first, with the code', () => {
  const message = (n: number) => ({ to: '+1', body: `12345${n} is your code`, sentAt: '', effectId: `${n}` });
  expect(newestFirst([1, 2, 3, 4, 5, 6, 7].map(message)).map(({ effectId }) => effectId)).toEqual([
    ...['7', '6', '5', '4', '3'],
  ]);
  expect([codeIn(message(1).body), codeIn('in 1234567 days'), codeIn('none')]).toEqual([
    ...['123451', undefined, undefined],
  ]);
});
