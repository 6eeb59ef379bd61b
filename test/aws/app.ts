/** The app that the tests against an emulator deploy. */
import { App } from 'aws-cdk-lib';
import { bundles } from '../../infra/paths.ts';
import { DetentStack } from '../../infra/stack.ts';
import { type Stage, stageOf } from '../../infra/stage.ts';
import { BookingStack, bundleBooking } from './booking/stack.ts';

await bundleBooking();
const app = new App();
// MiniStack knows no alarms on arithmetic, and is spoken with over plain HTTP.
const stage = stageOf(app.node, { metricMath: false, tlsOnly: false });
new DetentStack(app, `Detent-${stage.name}`, { stage, bundles });
new BookingStack(app, 'Booking');

// Once more for the relay: its codes outlive a lease and the wait for the reconciler, and its stream may be stopped.
const slow: Stage = { ...stage, name: 'staging', mfaLogin: { ...stage.mfaLogin, codeSeconds: 120 } };
new DetentStack(app, `Detent-${slow.name}`, { stage: slow, bundles });
