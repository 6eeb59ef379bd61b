/** What the figures of the payment mean; the rest of the observability knows no flow. */
import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { detent, share, sum } from './metrics.ts';
import type { Watch } from './watch.ts';

const flow = 'payment';
const period = Duration.minutes(15);

const applied = (event: string, state: string): IMetric =>
  detent('EventApplied', { flow, event, state }, { period });

const approved = applied('AuthApproved', 'Authorized');
const declined = applied('AuthDeclined', 'AuthError');
const asked = ['Authorizing', 'Capturing', 'Cancelling', 'Reversing'].map((state) =>
  applied('DeadlinePassed', state),
);
const ended = [
  applied('CaptureFailed', 'CaptureError'),
  applied('CancelFailed', 'CancelError'),
  applied('ReverseFailed', 'ReverseError'),
];
const untold = ['EffectPending', 'EffectUnknown'].map((name) =>
  detent(name, { flow, kind: 'publish' }, { period }),
);

export const paymentWatches: Watch[] = [
  {
    name: 'Card decline rate',
    means:
      'Half of the authorisations in 15 minutes were declined: cards are being tried, or the gateway is ill.',
    metric: share({
      label: 'declined cards, %',
      ...{ part: [declined], whole: [declined, approved], atLeast: 20, otherwise: 0, period },
    }),
    from: 50,
    periods: 2,
  },
  {
    name: 'Overdue gateway answers',
    means: 'The card gateway had to be asked what became of requests: its answers are late or lost.',
    metric: sum('inquiries', asked, period),
    from: 5,
  },
  {
    name: 'Payments in error',
    means: 'The gateway refused to capture, to release or to give back money: a person must look.',
    metric: sum('payments', ended, period),
    from: 1,
  },
  {
    name: 'Unpublished transitions',
    means: 'Transitions could not be told to the bus at once; they are tried again until it takes them.',
    metric: sum('tries', untold, period),
    from: 5,
  },
];
