/** Pure: what states mean to a visitor. What may follow on which, the API alone knows. */

export interface Words {
  title: string;
  text: string;
  tone: 'good' | 'bad' | 'warn' | 'quiet';
}

const busy = (title: string, text: string): Words => ({ title, text, tone: 'quiet' });
const good = (title: string, text: string): Words => ({ title, text, tone: 'good' });
const bad = (title: string, text: string): Words => ({ title, text, tone: 'bad' });
const warn = (title: string, text: string): Words => ({ title, text, tone: 'warn' });

export const orderStates: { readonly [state: string]: Words } = {
  CreatingPayment: busy(
    'Preparing the payment',
    'The goods are set apart; the provider is asked for a page.',
  ),
  AwaitingPayment: warn(
    'Waiting for your payment',
    'The goods are yours for an hour. Pay at the hosted page.',
  ),
  Fulfilling: busy('Paid; the warehouse ships', 'The goods are sold, and the warehouse has its command.'),
  Fulfilled: good('Shipped', 'The warehouse says that the goods are on their way.'),
  FulfilmentUnknown: bad(
    'Nobody knows',
    'The warehouse was asked three times and said nothing: a person must look.',
  ),
  OutOfStock: bad('Out of stock', 'Too few pieces were there. Nothing was set apart.'),
  PaymentFailed: bad('Not paid', 'The goods are back in the shop.'),
  Cancelled: warn('Cancelled', 'The goods are back in the shop, and the page takes no money any more.'),
  Refunding: busy(
    'The money goes back',
    'The goods do not come, so the provider is asked to give the money back.',
  ),
  Refunded: warn('Refunded', 'You have your money again, and the shop its goods.'),
  RefundFailed: bad('The refund failed', 'The provider does not give the money back: a person must look.'),
};

export const paymentStates: { readonly [state: string]: Words } = {
  Created: busy('Created', 'Nothing was asked of the card yet. It waits an hour to be authorised.'),
  Authorizing: busy('Authorising', 'The gateway is asked to hold the money on the card.'),
  Authorized: good('Held', 'The money is held on the card, for at most seven days.'),
  AuthError: bad('Declined', 'The gateway says no: nothing is held.'),
  Aborted: warn('Aborted', 'Given up before anything was asked of the card.'),
  Capturing: busy('Capturing', 'The gateway is asked to take the money that is held.'),
  Captured: good('Captured', 'The money has been taken, once.'),
  CaptureError: bad('Not captured', 'The gateway did not take the money.'),
  Cancelling: busy('Releasing', 'The gateway is asked to let go of what is held.'),
  Cancelled: warn('Released', 'The hold is gone, and nothing was taken.'),
  CancelError: bad('Not released', 'The gateway did not let go of the hold; it ends by itself.'),
  Reversing: busy('Giving back', 'The gateway is asked to give the money back.'),
  Reversed: warn('Given back', 'The money is on the card again.'),
  ReverseError: bad('Not given back', 'The gateway did not give the money back: a person must look.'),
};

/** Of a state that has no words here, its name says all. */
export const wordsOf = (states: { readonly [state: string]: Words }, state: string): Words =>
  (Object.hasOwn(states, state) ? states[state] : undefined) ?? { title: state, text: '', tone: 'quiet' };
