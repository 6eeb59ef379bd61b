/** What the figures of the checkout mean; the rest of the observability knows no flow. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { detent, largest, sum } from './metrics.ts';
import { deadLetterWatch } from './observability-watches.ts';
import type { Queues, QueueWithEnd } from './queues.ts';
import type { Watch } from './watch.ts';

const flow = 'checkout';
const FIVE = Duration.minutes(5);
const QUARTER = Duration.minutes(15);

/** Each alarm that an order raises is one that a person must look at. */
const alarm = (name: string, reason: string, means: string): Watch => ({
  name,
  means,
  metric: detent('Alarm', { flow, reason }, { period: FIVE }),
  from: 1,
});

// An order that waits for its payment may wait for a bank transfer, for days: that says nothing of the provider.
const asked = ['CreatingPayment', 'Refunding'].map((state) =>
  detent('EventApplied', { flow, event: 'DeadlinePassed', state }, { period: QUARTER }),
);

const untaken = ['fulfilment.command', 'fulfilment.inquire'].flatMap((kind) =>
  ['EffectPending', 'EffectUnknown'].map((name) => detent(name, { flow, kind }, { period: QUARTER })),
);

const ageOf = ({ queue }: QueueWithEnd): IMetric =>
  queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period: FIVE });

export const checkoutWatches = ({ commands, replies, operators }: Queues): Watch[] => [
  alarm(
    'Orders without an answer of the warehouse',
    'WarehouseSilent',
    'The warehouse was asked as often as it is asked, and has not said what became of a paid order.',
  ),
  alarm('Refunds refused', 'RefundRefused', 'Money that belongs to a customer could not be sent back.'),
  alarm(
    'Paid without an order',
    'PaidWithoutOrder',
    'Money has come for an order that does not exist (any more): it is nobody’s.',
  ),
  alarm(
    'Fulfilled after refund',
    'FulfilledAfterRefund',
    'The warehouse has delivered an order whose money goes back, or has gone back.',
  ),
  alarm(
    'Overdue payment pages',
    'PaymentPageOverdue',
    'Orders have been waiting for about two hours for a page to pay at, and keep their pieces meanwhile.',
  ),
  alarm(
    'Overdue refunds',
    'RefundOverdue',
    'Refunds have been waiting for about twelve hours for the payment provider to make or to refuse them.',
  ),
  {
    name: 'Forged webhooks',
    means: 'Webhooks came that the payment provider has not signed with the secret that we have of it.',
    metric: detent('Forged', { source: 'stripe' }, { period: FIVE }),
    from: 5,
  },
  {
    name: 'Overdue payment provider',
    means: 'The payment provider had to be asked again for pages or refunds: its answers are late or lost.',
    metric: sum('inquiries', asked, QUARTER),
    from: 5,
  },
  {
    name: 'Commands not taken',
    means:
      'Commands to the warehouse could not be put into its queue; they are tried again until it takes them.',
    metric: sum('tries', untaken, QUARTER),
    from: 3,
  },
  {
    name: 'Oldest command to the warehouse',
    means: 'The warehouse has not taken a command for an hour.',
    metric: ageOf(commands),
    from: 3_600,
  },
  {
    name: 'Oldest message of the intake',
    means: 'What the warehouse or an operator reports has been waiting for four minutes.',
    metric: largest('s', [replies, operators].map(ageOf), FIVE),
    // What was received three times counts no more in this figure of SQS, and here a message comes again every 3 minutes.
    from: 240,
  },
  deadLetterWatch(
    'warehouse commands',
    commands.deadLetters,
    'The warehouse took commands several times without removing them: their orders are paid and wait.',
  ),
  deadLetterWatch(
    'warehouse replies',
    replies.deadLetters,
    'The warehouse sent messages that no order can take, or that could not be delivered for half an hour.',
  ),
  deadLetterWatch(
    'operator events',
    operators.deadLetters,
    'An operator sent messages that no order can take, or that could not be delivered for half an hour.',
  ),
];
