/** Pure: experiments, as each has been tried. */
import type { Change } from './world.ts';

export interface Experiment {
  title: string;
  /** How the world is to be, at the press of a button. */
  stage?: { label: string; change: Change };
  steps: readonly string[];
  sees: string;
}

export const shopExperiments: readonly Experiment[] = [
  {
    title: 'The webhook never comes',
    stage: { label: 'Let webhooks never arrive', change: { sandbox: { webhooks: 'missing' } } },
    steps: [
      'Order, open the payment page, and pay.',
      'The order does not know: it keeps waiting. Press +1 h, then +5 min.',
    ],
    sees: 'When its deadline passes, the order asks the provider itself, hears that it was paid, and is shipped.',
  },
  {
    title: 'The card is declined',
    steps: [
      'Order, open the payment page, press Decline: the order waits on, for another card may do.',
      'There, under “Money that comes later”, take the transfer that fails. Then press +1 min here.',
    ],
    sees: 'Not paid: the pieces that were set apart are on hand again.',
  },
  {
    title: 'You are too slow',
    steps: ['Order, and do not pay.', 'Press +1 h.'],
    sees: 'The payment page is over: the order is not paid, and the pieces are on hand again.',
  },
  {
    title: 'The warehouse refuses',
    stage: { label: 'Let the warehouse refuse', change: { sandbox: { warehouse: 'rejecting' } } },
    steps: ['Order, and pay.'],
    sees: 'The goods go back to the shop and the money to you: Refunding, then Refunded. Both once.',
  },
  {
    title: 'The warehouse dies with its command',
    stage: { label: 'Let the warehouse take ten seconds', change: { sandbox: { warehouse: 'slow' } } },
    steps: ['Order, and pay.', 'While it is “Paid; the warehouse ships”, kill the warehouse.'],
    sees: 'It is started again, finds the command on its disk, and ships once.',
  },
  {
    title: 'Three posters for two customers',
    steps: ['Open this page in a second tab. Order two posters in each.'],
    sees: 'One order gets them; the other one is told that one is left, and nothing is set apart.',
  },
];

export const paymentExperiments: readonly Experiment[] = [
  {
    title: 'Kill the gateway while it captures',
    stage: { label: 'Let the gateway take 5 s', change: { sandbox: { gateway: 'slow' } } },
    steps: [
      'Create a payment, press Authorise, and wait until it is held.',
      'Press Capture, and at once kill the gateway.',
      'It stays in Capturing: nobody knows whether the money was taken. Press +1 min.',
    ],
    sees: 'The gateway is asked what became of the request, under the same key: Captured, once.',
  },
  {
    title: 'The gateway does it and loses its answer',
    stage: { label: 'Let the gateway lose its answers', change: { faults: { gateway: 'ambiguous' } } },
    steps: [
      'Create a payment, and authorise it: no answer comes.',
      'Make the world well again, and press +1 min.',
    ],
    sees: 'It is asked again under the same key, and repeats its first answer: one hold on the card, not two.',
  },
  {
    title: 'Two at once',
    steps: ['Tick “Twice at once”, and press Authorise.'],
    sees: 'One request is taken, 202; the other one finds it done and is refused, 409. In the history there is one.',
  },
  {
    title: 'Capture before there is a hold',
    stage: { label: 'Let the gateway take 5 s', change: { sandbox: { gateway: 'slow' } } },
    steps: ['Create a payment, press Authorise, and at once Capture.'],
    sees: 'The capture is deferred: it waits in the record, over any crash, and is taken up once the money is held.',
  },
  {
    title: 'A hold that nobody uses',
    steps: ['Create a payment, and authorise it.', 'Press +7 days.'],
    sees: 'Its deadline passes: the hold is let go of. Cancelling, then Cancelled.',
  },
];

export const loginExperiments: readonly Experiment[] = [
  {
    title: 'The phone network refuses',
    stage: { label: 'Let the phone network refuse', change: { faults: { sms: 'permanent' } } },
    steps: ['Sign in.'],
    sees: 'No SMS comes, and the login says so: it ends in DeliveryFailed, and does not leave you waiting.',
  },
  {
    title: 'The phone network loses its answers',
    stage: { label: 'Let it lose its answers', change: { faults: { sms: 'ambiguous' } } },
    steps: ['Sign in: the SMS is there. Make the world well again, and press +1 min.'],
    sees: 'Nobody knew whether it went, so it came again, with the same code.',
  },
  {
    title: 'You are too slow',
    steps: ['Sign in, press +5 min, and submit the code.'],
    sees: 'The code has expired; the right one does not help any more.',
  },
  {
    title: 'The key is away',
    stage: { label: 'Take the key away', change: { faults: { signing: 'transient' } } },
    steps: [
      'Sign in, and submit the code: it cannot be taken now. Make the world well again, and submit it once more.',
    ],
    sees: 'No attempt was counted and the code not used up: you are signed in.',
  },
];
