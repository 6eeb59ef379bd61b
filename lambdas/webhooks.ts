/** API Gateway HTTP API → what the payment provider tells by itself. The only function that knows the secret it is signed with. */
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createWebhookReader } from '../adapters/stripe/webhook.ts';
import { createWebhookApi } from '../api/webhook-routes.ts';
import { correlated } from './correlation.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';

const environment = environmentOf('webhooks');
const engine = createEngine(environment, { webhook: environment.SECRET_WEBHOOK });
const { clock, secret } = engine;
const readNotice = createWebhookReader({ secret: () => secret('webhook'), now: () => clock.now() });
const respond = handle(createWebhookApi({ ...engine, deliverer: correlated(engine.deliverer), readNotice }));

export const handler = wrapped((event: LambdaEvent) => respond(event));
