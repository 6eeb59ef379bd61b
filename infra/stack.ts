import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Api } from './api.ts';
import { mfaLoginFlow } from './mfa-login.ts';
import type { Common } from './node-function.ts';
import { Reconciler } from './reconciler.ts';
import { SmsRelay } from './relay.ts';
import { Secrets } from './secrets.ts';
import { Tables } from './tables.ts';

/** The whole of Detent in one stack: an event comes in, a transition is committed, its effects go out. */
export class DetentStack extends Stack {
  constructor(scope: Construct, id: string, common: Common) {
    super(scope, id, { description: 'Detent: durable state machines, one event = one transaction' });
    const tables = new Tables(this, 'Tables', common);
    const secrets = new Secrets(this, 'Secrets', common);
    const flow = mfaLoginFlow(this, common, tables, secrets);
    const engine = { ...common, tables, secrets, flow };

    const { url } = new Api(this, 'Api', engine);
    new SmsRelay(this, 'SmsRelay', engine);
    new Reconciler(this, 'Reconciler', engine);

    new CfnOutput(this, 'ApiUrl', { value: url });
    new CfnOutput(this, 'FlowsTable', { value: tables.flows.tableName });
    new CfnOutput(this, 'UsersTable', { value: tables.users.tableName });
  }
}
