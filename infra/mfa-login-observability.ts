/** What the figures of the login mean; the rest of the observability knows no flow. */
import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { detent, type Share, share } from './metrics.ts';
import type { Watch } from './watch.ts';

const flow = 'mfa-login';
const period = Duration.minutes(15);

const applied = (event: string, state: string): IMetric =>
  detent('EventApplied', { flow, event, state }, { period });

const begun = [applied('LoginRequested', 'WaitForOtpInput')];
const right = applied('OtpSubmitted', 'LoggedIn');
const wrong = [applied('OtpSubmitted', 'WaitForOtpInput'), applied('OtpSubmitted', 'Locked')];
const late = applied('OtpSubmitted', 'OtpExpired');

/** Fewer than this in 15 minutes say nothing. */
const atLeast = 20;
const rate = (label: string, figures: Pick<Share, 'part' | 'whole' | 'otherwise'>) =>
  share({ label, atLeast, period, ...figures });

/** The thresholds are where a normal login is far away: few people mistype every second code. */
export const mfaLoginWatches: Watch[] = [
  {
    name: 'OTP failure rate',
    means: 'Half of the codes that were submitted in 15 minutes were wrong: somebody may be guessing.',
    metric: rate('wrong codes, %', { part: wrong, whole: [right, ...wrong, late], otherwise: 0 }),
    from: 50,
    periods: 2,
  },
  {
    name: 'Login conversion rate',
    means:
      'Fewer than half of the logins that got a code were finished: codes do not arrive, or SMS are pumped.',
    metric: rate('finished logins, %', { part: [right], whole: begun, otherwise: 100 }),
    below: 50,
    periods: 2,
  },
];
