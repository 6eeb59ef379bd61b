/** Change stream of the table `flows` → the relay, for all effects but text messages: the card gateway, and who is told. */
import { createRelay } from '../core/relay.ts';
import { effectExecutors } from './effect-executors.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { consumerOf } from './stream.ts';

const environment = environmentOf('relay-effects');
const engine = createEngine(environment, { gateway: environment.SECRET_GATEWAY });
const { deliver } = engine.deliverer;
const relay = createRelay({ ...engine, deliver, executors: effectExecutors(engine, environment) });

export const handler = consumerOf(relay, engine.observe);
