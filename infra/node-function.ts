import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Entry, EnvironmentOf } from '../lambdas/environment.ts';
import type { Stage } from './stage.ts';

/** What all functions of a stack have in common. */
export interface Common {
  stage: Stage;
  /** The folder of the bundles. */
  bundles: string;
}

/** What a function has to know of a table, and of a secret. */
export type TableName = { readonly tableName: string; readonly tableArn: string };
export type SecretName = { readonly secretArn: string };

type Setting = string | TableName | SecretName;

/** Exactly the variables of one entry point; a table or a secret stands for its name or ARN. */
export type EnvironmentFor<E extends Entry> = {
  [Name in keyof EnvironmentOf<E>]: Setting;
};

export interface NodeFunctionProps<E extends Entry> extends Common {
  entry: E;
  environment: EnvironmentFor<E>;
  timeout: Duration;
  /** MiB; the share of a CPU grows with it: 1,769 are one. */
  memorySize: number;
  description: string;
}

/**
 * A Lambda function with a role and a log group of its own. It may read the secrets that it is told of; everything else
 * is granted by whoever makes it.
 */
export function nodeFunction<E extends Entry>(
  scope: Construct,
  id: string,
  props: NodeFunctionProps<E>,
): LambdaFunction {
  const { entry, stage, timeout, memorySize, description } = props;
  const code = join(props.bundles, entry);
  if (!existsSync(code)) throw new Error(`${code} is missing. Run first: npm run bundle`);

  const { logRetention: retention, removalPolicy } = stage;
  const logGroup = new LogGroup(scope, `${id}Logs`, { retention, removalPolicy });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description,
  });
  logGroup.grantWrite(role);
  const settings = Object.values<Setting>(props.environment);
  const secrets = settings.filter(isSecret).map(({ secretArn }) => secretArn);
  if (secrets.length > 0) {
    role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: secrets }));
  }
  const made = new LambdaFunction(scope, id, {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(code),
    handler: 'index.handler',
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      ...Object.fromEntries(
        Object.entries<Setting>(props.environment).map(([name, value]) => [name, textOf(value)]),
      ),
    },
    tracing: Tracing.ACTIVE,
    ...{ role, logGroup, timeout, memorySize, description },
  });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'X-Ray has no resources: xray:PutTraceSegments and PutTelemetryRecords are granted on all or none.',
  });
  return made;
}

const isSecret = (value: Setting): value is SecretName => typeof value === 'object' && 'secretArn' in value;

const textOf = (value: Setting): string =>
  typeof value === 'string' ? value : isSecret(value) ? value.secretArn : value.tableName;
