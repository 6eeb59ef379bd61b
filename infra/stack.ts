import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Api } from './api.ts';
import { mfaLoginFlow } from './mfa-login.ts';
import { mfaLoginWatches } from './mfa-login-observability.ts';
import type { Common } from './node-function.ts';
import { Observability } from './observability.ts';
import { Reconciler } from './reconciler.ts';
import { SmsRelay } from './relay.ts';
import { Secrets } from './secrets.ts';
import { SmsSafety } from './sms-safety.ts';
import { Tables } from './tables.ts';

/** The whole of Detent in one stack: an event comes in, a transition is committed, its effects go out. */
export class DetentStack extends Stack {
  readonly apiUrl: CfnOutput;

  constructor(scope: Construct, id: string, common: Common) {
    const { stage } = common;
    super(scope, id, {
      // Whoever deploys it updates the same stack.
      stackName: `Detent-${stage.name}`,
      description: 'Detent: durable state machines, one event = one transaction',
      ...(stage.region && { env: { region: stage.region } }),
    });
    const tables = new Tables(this, 'Tables', common);
    const secrets = new Secrets(this, 'Secrets', common);
    const flow = mfaLoginFlow(this, common, tables, secrets);
    const engine = { ...common, tables, secrets, flow };

    const api = new Api(this, 'Api', engine);
    const relay = new SmsRelay(this, 'SmsRelay', engine);
    const reconciler = new Reconciler(this, 'Reconciler', engine);

    new SmsSafety(this, 'SmsSafety', { stage });
    const { stateMachineArn, actions } = flow;
    const flows = [{ name: 'mfa-login', stateMachineArn, actions, watches: mfaLoginWatches }];
    new Observability(this, 'Observability', { stage, api, relay, reconciler, flows });

    this.apiUrl = new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'FlowsTable', { value: tables.flows.tableName });
    new CfnOutput(this, 'UsersTable', { value: tables.users.tableName });
  }
}
