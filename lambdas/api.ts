/** API Gateway HTTP API → the same routes as everywhere. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Context } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createApi } from '../api/app.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';
import { observeOne } from './telemetry.ts';

const environment = environmentOf('api');
const engine = createEngine(environment, { signing: environment.SECRET_SIGNING }, observeOne);

/** The gateway saw the peer itself; headers that claim another address are not believed. */
const sourceOf = (c: Context): string =>
  (c.env as { event: APIGatewayProxyEventV2 }).event.requestContext.http.sourceIp;

const respond = handle(createApi({ ...engine, sourceOf }));

export const handler = wrapped((event: LambdaEvent) => respond(event));
