import { CfnOutput, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Api } from './api.ts';
import { checkoutFlow } from './checkout.ts';
import { checkoutWatches } from './checkout-observability.ts';
import type { Flow } from './flow.ts';
import { Intake } from './intake.ts';
import { mfaLoginFlow } from './mfa-login.ts';
import { mfaLoginWatches } from './mfa-login-observability.ts';
import type { Common } from './node-function.ts';
import { Observability } from './observability.ts';
import { paymentFlow } from './payment.ts';
import { paymentWatches } from './payment-observability.ts';
import { Queues } from './queues.ts';
import { Reconciler } from './reconciler.ts';
import { EffectsRelay, SmsRelay } from './relay.ts';
import { Secrets } from './secrets.ts';
import { SmsSafety } from './sms-safety.ts';
import { Tables } from './tables.ts';
import { Webhooks } from './webhooks.ts';

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
    const mfaLogin = mfaLoginFlow(this, common, tables, secrets);
    const payment = paymentFlow(this, common);
    const checkout = checkoutFlow(this, common, tables);
    const queues = new Queues(this, 'Queues', common);
    const facts = new EventBus(this, 'Facts', {
      description: 'Every transition of the flows that are published',
    });
    // Others hang their rules on it.
    facts.applyRemovalPolicy(stage.removalPolicy);
    const engine = { ...common, tables, secrets, flows: { mfaLogin, payment, checkout }, queues, facts };

    const webhooks = new Webhooks(this, 'Webhooks', engine);
    const api = new Api(this, 'Api', { ...engine, webhooks: webhooks.handler });
    const sms = new SmsRelay(this, 'SmsRelay', engine);
    const effects = new EffectsRelay(this, 'EffectsRelay', engine);
    const intake = new Intake(this, 'Intake', engine);
    const reconciler = new Reconciler(this, 'Reconciler', engine);

    new SmsSafety(this, 'SmsSafety', { stage });
    const flows = [
      { ...machineOf(mfaLogin), watches: mfaLoginWatches, sms: true as const },
      { ...machineOf(payment), watches: paymentWatches },
      { ...machineOf(checkout), watches: checkoutWatches(queues) },
    ];
    const relays = { sms, effects };
    const others = [webhooks.handler, intake.handler];
    new Observability(this, 'Observability', { stage, api, relays, reconciler, others, flows });

    this.apiUrl = new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'FlowsTable', { value: tables.flows.tableName });
    new CfnOutput(this, 'UsersTable', { value: tables.users.tableName });
    new CfnOutput(this, 'PaymentsArn', { value: api.paymentsArn });
    new CfnOutput(this, 'FactsBus', { value: facts.eventBusName });
    new CfnOutput(this, 'GatewaySecret', { value: secrets.gateway.secretArn });
    new CfnOutput(this, 'InventoryTable', { value: tables.inventory.tableName });
    new CfnOutput(this, 'WebhookUrl', { value: api.webhookUrl });
    new CfnOutput(this, 'WebhookSecret', { value: secrets.webhook.secretArn });
    for (const [name, { queue, deadLetters }] of Object.entries(named(queues))) {
      new CfnOutput(this, name, { value: queue.queueUrl });
      new CfnOutput(this, `${name}Arn`, { value: queue.queueArn });
      new CfnOutput(this, `${name}DeadLetters`, { value: deadLetters.queueUrl });
    }
  }
}

/** As the operators know them. */
const named = ({ commands, replies, operators }: Queues) => ({
  WarehouseCommands: commands,
  WarehouseReplies: replies,
  OperatorEvents: operators,
});

const machineOf = ({ name, stateMachineArn, actions }: Flow) => ({ name, stateMachineArn, actions });
