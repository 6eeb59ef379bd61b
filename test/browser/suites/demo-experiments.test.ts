/** The experiments of the shop, as its page tells a visitor to do them. */
import { afterEach, expect, test } from '@jest/globals';
import { inBrowser } from '../support/browser.ts';
import {
  atTheProvider,
  heal,
  holds,
  kills,
  moves,
  ordered,
  piles,
  press,
  says,
  shows,
  stages,
  want,
  watched,
} from '../support/demo.ts';
import { picture } from '../support/picture.ts';

const browsing = inBrowser();
const { page: open } = browsing;
afterEach(() => heal(browsing));

test('the webhook never comes: the order asks for the answer itself, and is shipped', async () => {
  const page = await open('/demo/shop');
  await stages(page, 'The webhook never comes');
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  await atTheProvider(browsing, page, 'Pay');
  await moves(page, '+1 h');
  await shows(page, 'AwaitingPayment');
  await moves(page, '+5 min');
  await shows(page, 'Fulfilled');
  await watched(page, 'Fulfilled');
  await page.evaluate('scrollTo(0, 0)');
  await picture(page, 'demo-webhook-missing');
});

test('declined at the payment page: another card may do; a transfer that fails ends it, and the pieces come back', async () => {
  const page = await ordered(browsing, { cap: 2 });
  const before = await piles(page, 'cap');
  const provider = await atTheProvider(browsing, page, 'Decline');
  await says(provider.getByRole('alert'), 'The card was declined.');
  await shows(page, 'AwaitingPayment');
  await atTheProvider(browsing, page, 'Transfer that fails in a minute');
  await moves(page, '+1 min');
  await shows(page, 'PaymentFailed');
  const [onHand = 0, apart = 0, sold = 0] = before;
  await holds(page, 'cap', [onHand + 2, apart - 2, sold]);
});

test('too slow: the page is over, and the pieces come back', async () => {
  const page = await ordered(browsing, { cap: 3 });
  const [onHand = 0, apart = 0, sold = 0] = await piles(page, 'cap');
  await moves(page, '+1 h');
  await shows(page, 'PaymentFailed');
  await holds(page, 'cap', [onHand + 3, apart - 3, sold]);
});

test('the warehouse refuses: the goods and the money go back', async () => {
  const page = await open('/demo/shop');
  await stages(page, 'The warehouse refuses');
  await want(page, { mug: 0, cap: 1 });
  const before = await piles(page, 'cap');
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  await atTheProvider(browsing, page, 'Pay');
  await shows(page, 'Refunded');
  await holds(page, 'cap', before);
});

test('the warehouse dies with its command: it ships once', async () => {
  const page = await open('/demo/shop');
  await stages(page, 'The warehouse dies with its command');
  await want(page, { mug: 0, cap: 1 });
  const [onHand = 0, apart = 0, sold = 0] = await piles(page, 'cap');
  await press(page, /^Order for/);
  await shows(page, 'AwaitingPayment');
  await atTheProvider(browsing, page, 'Pay');
  await shows(page, 'Fulfilling');
  await kills(page, 'warehouse');
  await shows(page, 'Fulfilled');
  await holds(page, 'cap', [onHand - 1, apart, sold + 1]);
});

test('three posters for two customers: one of them is told that too few are left', async () => {
  const [one, other] = await Promise.all([open('/demo/shop'), open('/demo/shop')]);
  for (const page of [one, other]) await want(page, { mug: 0, poster: 2 });
  await Promise.all([one, other].map((page) => press(page, /^Order for/)));
  const told = await Promise.all(
    [one, other].map((page) =>
      Promise.race([
        shows(page, 'AwaitingPayment').then(
          () => 'has them',
          () => 'not',
        ),
        says(page.getByRole('alert'), /poster, of which you want 2, and 1 is on hand/).then(
          () => 'is told',
          () => 'not',
        ),
      ]),
    ),
  );
  expect(told.sort()).toEqual(['has them', 'is told']);
  await holds(one, 'poster', [1, 2, 0]);
});
