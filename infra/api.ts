import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EngineProps, engineEnvironment } from './engine.ts';
import { allowDeliver, allowHistory, allowRead } from './grants.ts';
import { nodeFunction } from './node-function.ts';

const WEBHOOKS = '/webhooks/stripe';

/**
 * API Gateway HTTP API → Lambda: the routes are in the function, so that an unknown one is answered like all others. Payments
 * have routes of their own for their authorisation, and the function takes none of them that came another way; webhooks have a
 * function of their own.
 */
export class Api extends Construct {
  readonly url: string;
  /** What the payment provider is to be told: where its webhooks go. */
  readonly webhookUrl: string;
  readonly handler: IFunction;
  /** What the policy of whoever deals with payments has to allow `execute-api:Invoke` on. */
  readonly paymentsArn: string;
  /** Answers with 5xx in five minutes, those of the gateway itself too. */
  readonly serverErrors: IMetric;

  constructor(scope: Construct, id: string, props: EngineProps & { webhooks: IFunction }) {
    super(scope, id);
    const { stage, bundles, tables, secrets, flows } = props;
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'api',
      environment: { ...engineEnvironment(props), SECRET_SIGNING: secrets.signing },
      // The gateway gives up after 30 s.
      timeout: Duration.seconds(29),
      memorySize: 512,
      description: 'HTTP API: delivers what is asked',
    });
    allowDeliver(handler, tables, Object.values(flows));
    allowHistory(handler, tables);
    allowRead(handler, tables.inventory);
    this.handler = handler;

    const api = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      // The route `$default`: every address and method that has no route of its own.
      defaultIntegration: new HttpLambdaIntegration('Integration', handler),
    });
    // Whoever moves money says who they are: signed requests alone reach these routes (SigV4).
    const authorizer = new HttpIamAuthorizer();
    const paying = new HttpLambdaIntegration('PaymentIntegration', handler);
    for (const path of ['/payments', '/payments/{proxy+}'])
      api.addRoutes({ path, methods: [HttpMethod.ANY], integration: paying, authorizer });
    this.paymentsArn = api.arnForExecuteApi('*', '/payments*', '$default');
    // What the payment provider tells is signed by it, and the function of these verifies that.
    const told = new HttpLambdaIntegration('WebhookIntegration', props.webhooks);
    api.addRoutes({ path: WEBHOOKS, methods: [HttpMethod.ANY], integration: told });
    const { logRetention: retention, removalPolicy, limits } = stage;
    const { url } = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: limits.requestsPerSecond, burstLimit: limits.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', { retention, removalPolicy }),
        ),
        format: accessLogFormat,
      },
    });
    this.url = url;
    this.webhookUrl = `${url}${WEBHOOKS.slice(1)}`;
    this.serverErrors = api.metricServerError({ statistic: Stats.SUM, period: Duration.minutes(5) });
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Signing in and ordering are for those who are not signed in; sessions have tokens, and webhooks signatures, which the functions check themselves.',
    });
  }
}

/** No path and no address: whoever holds a login's id may act on that login. The function's log has the request id too. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    method: AccessLogField.contextHttpMethod(),
    status: AccessLogField.contextStatus(),
    responseBytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
    integrationStatus: AccessLogField.contextIntegrationStatus(),
    errorType: AccessLogField.contextErrorResponseType(),
  }),
);
