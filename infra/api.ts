import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type EngineProps, engineEnvironment } from './engine.ts';
import { allowDeliver } from './grants.ts';
import { nodeFunction } from './node-function.ts';

/** API Gateway HTTP API → Lambda: the routes are in the function, so that an unknown one is answered like all others. */
export class Api extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { stage, bundles, tables, secrets, flow } = props;
    const handler = nodeFunction(this, 'Function', {
      ...{ stage, bundles },
      entry: 'api',
      environment: { ...engineEnvironment(props), SECRET_SIGNING: secrets.signing },
      // The gateway gives up after 30 s.
      timeout: Duration.seconds(29),
      memorySize: 1024,
      description: 'HTTP API: delivers what is asked',
    });
    allowDeliver(handler, tables, flow);

    const api = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Integration', handler),
    });
    const { logRetention: retention, removalPolicy } = stage;
    const { url } = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: stage.throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', { retention, removalPolicy }),
        ),
        format: accessLogFormat,
      },
    });
    this.url = url;
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Signing in is for those who are not signed in; the session routes check their bearer token themselves.',
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
