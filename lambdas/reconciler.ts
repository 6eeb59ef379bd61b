/** Schedule → one pass over everything that is overdue. */
import { createReconciler } from '../core/reconciler.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';
import { createSmsRelay } from './sms-relay.ts';

const environment = environmentOf('reconciler');
const engine = createEngine(environment, { otp: environment.SECRET_OTP });
const { check } = engine.deliverer;
const reconcile = createReconciler({ ...engine, check, relay: createSmsRelay(engine) });

export const handler = wrapped((_schedule: unknown) => reconcile());
