/** API Gateway HTTP API → the same routes as everywhere. */
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithRequestContext } from 'aws-lambda';
import type { Context } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { createApi } from '../api/app.ts';
import { pageRoutes } from '../api/pages.ts';
import { correlated } from './correlation.ts';
import { createEngine } from './engine.ts';
import { environmentOf } from './environment.ts';
import { wrapped } from './middleware.ts';
import { loginPage } from './pages.ts';

const environment = environmentOf('api');
const engine = createEngine(environment, { signing: environment.SECRET_SIGNING });

/** The gateway saw the peer itself; headers that claim another address are not believed. */
const sourceOf = (c: Context): string =>
  (c.env as { event: APIGatewayProxyEventV2 }).event.requestContext.http.sourceIp;

/**
 * The gateway has checked the signature of whoever came through a route that asks for it. Other routes lead here too, by another
 * spelling of the address perhaps: then nobody has.
 */
const mayPay = (c: Context): boolean => {
  const { requestContext } = (c.env as { event: APIGatewayProxyEventV2WithRequestContext<Authorized> }).event;
  return Boolean(requestContext.authorizer?.iam?.userArn);
};

type Authorized = APIGatewayProxyEventV2['requestContext'] & { authorizer?: { iam?: { userArn?: string } } };

const deliverer = correlated(engine.deliverer);
const respond = handle(
  createApi({ ...engine, deliverer, sourceOf, mayPay }, (app) => pageRoutes(app, loginPage)),
);

export const handler = wrapped((event: LambdaEvent) => respond(event));
