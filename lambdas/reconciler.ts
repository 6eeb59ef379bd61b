/** Schedule → one pass over everything that is overdue. */
import { createReconciler } from '../core/reconciler.ts';
import { createRelay } from '../core/relay.ts';
import { effectExecutors } from './effect-executors.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';
import { smsExecutors } from './sms-executors.ts';

const environment = environmentOf('reconciler');
const { SECRET_OTP: otp, SECRET_GATEWAY: gateway } = environment;
const engine = createEngine(environment, { otp, gateway });
const { check, deliver } = engine.deliverer;
const executors = { ...smsExecutors(engine), ...effectExecutors(engine, environment) };
const reconcile = createReconciler({
  ...engine,
  check,
  relay: createRelay({ ...engine, deliver, executors }),
});

export const handler = wrapped((_schedule: unknown) => reconcile());
