/** Change stream of the table `flows` → the relay, for effects of the kind `sms`. On its own, so that nothing delays a code. */
import { createRelay } from '../core/relay.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { smsExecutors } from './sms-executors.ts';
import { consumerOf } from './stream.ts';

const environment = environmentOf('relay-sms');
const engine = createEngine(environment, { otp: environment.SECRET_OTP });
const { deliver } = engine.deliverer;
const relay = createRelay({ ...engine, deliver, executors: smsExecutors(engine) });

export const handler = consumerOf(relay, engine.observe);
