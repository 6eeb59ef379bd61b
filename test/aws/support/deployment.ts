/** What `up` has deployed: the physical names behind the stack. */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { outputs, reachable } from '../emulator/deploy.ts';

/** The functions of the stack, by what they are. */
export const functionNames = {
  api: /^ApiFunction[0-9A-F]{8}$/,
  relay: /^SmsRelayFunction[0-9A-F]{8}$/,
  webhooks: /^WebhooksFunction[0-9A-F]{8}$/,
  intake: /^IntakeFunction[0-9A-F]{8}$/,
  effectsRelay: /^EffectsRelayFunction[0-9A-F]{8}$/,
  reconciler: /^ReconcilerFunction[0-9A-F]{8}$/,
  verifyPassword: /^VerifyPassword[0-9A-F]{8}$/,
  sendOtpSms: /^SendOtpSms[0-9A-F]{8}$/,
  verifyOtp: /^VerifyOtp[0-9A-F]{8}$/,
  mintSession: /^MintSession[0-9A-F]{8}$/,
  validatePayment: /^ValidatePayment[0-9A-F]{8}$/,
  requestAuthorization: /^RequestAuthorization[0-9A-F]{8}$/,
  checkCapture: /^CheckCapture[0-9A-F]{8}$/,
  requestCapture: /^RequestCapture[0-9A-F]{8}$/,
  voidAuthorization: /^VoidAuthorization[0-9A-F]{8}$/,
  requestReversal: /^RequestReversal[0-9A-F]{8}$/,
  askGateway: /^AskGateway[0-9A-F]{8}$/,
  noteAnswer: /^NoteAnswer[0-9A-F]{8}$/,
  reserveInventory: /^ReserveInventory[0-9A-F]{8}$/,
  createPaymentSession: /^CreatePaymentSession[0-9A-F]{8}$/,
  keepPaymentSession: /^KeepPaymentSession[0-9A-F]{8}$/,
  askPaymentProvider: /^AskPaymentProvider[0-9A-F]{8}$/,
  expirePaymentSession: /^ExpirePaymentSession[0-9A-F]{8}$/,
  releaseInventory: /^ReleaseInventory[0-9A-F]{8}$/,
  commitInventory: /^CommitInventory[0-9A-F]{8}$/,
  restockInventory: /^RestockInventory[0-9A-F]{8}$/,
  sendFulfilmentCommand: /^SendFulfilmentCommand[0-9A-F]{8}$/,
  askWarehouse: /^AskWarehouse[0-9A-F]{8}$/,
  refundPayment: /^RefundPayment[0-9A-F]{8}$/,
  noteRefund: /^NoteRefund[0-9A-F]{8}$/,
  noteFulfilment: /^NoteFulfilment[0-9A-F]{8}$/,
} as const;

export type FunctionName = keyof typeof functionNames;

export interface Deployment {
  /** Where the emulator listens. */
  endpoint: string;
  /** Where the API answers; paths are appended. */
  apiUrl: string;
  tables: { flows: string; users: string; quotas: string; inventory: string };
  functions: { [name in FunctionName]: string };
  /** ARN of the state machine of the login. */
  stateMachine: string;
  /** ARN of that of the payment. */
  paymentMachine: string;
  /** ARN of that of the checkout. */
  checkoutMachine: string;
  /** URLs of the queues to and from those who fulfil orders. */
  queues: { commands: string; replies: string; operators: string };
  /** Name of the EventBridge bus that hears of transitions. */
  bus: string;
  /** ARN of the secret with the key of the card gateway. */
  gatewaySecret: string;
  /** ARN of the secret that webhooks are signed with. */
  webhookSecret: string;
  /** Id of the mapping from the stream of `flows` to the relay of text messages. */
  streamMapping: string;
  /** The same to the relay of all other effects. */
  effectsMapping: string;
}

/**
 * @param stack `Detent-dev` has the shortest times; codes of `Detent-staging` outlive a lease and the wait for the reconciler.
 * @throws Error where it is not deployed.
 */
export async function deployment(stack: 'Detent-dev' | 'Detent-staging' = 'Detent-dev'): Promise<Deployment> {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const made = outputs()[stack];
  if (endpoint === undefined || made?.['ApiUrl'] === undefined) {
    throw new Error('Nothing is deployed. These tests are run by: npm run test:aws');
  }
  const physical = await physicalIds(stack);
  return {
    endpoint,
    apiUrl: reachable({ endpoint }, made['ApiUrl']),
    tables: {
      flows: physical(/^TablesFlows[0-9A-F]{8}$/),
      users: physical(/^TablesUsers[0-9A-F]{8}$/),
      quotas: physical(/^TablesQuotas[0-9A-F]{8}$/),
      inventory: physical(/^TablesInventory[0-9A-F]{8}$/),
    },
    functions: Object.fromEntries(
      Object.entries(functionNames).map(([name, logical]) => [name, physical(logical)]),
    ) as Deployment['functions'],
    stateMachine: physical(/^MfaLoginStateMachine[0-9A-F]{8}$/),
    paymentMachine: physical(/^PaymentStateMachine[0-9A-F]{8}$/),
    checkoutMachine: physical(/^CheckoutStateMachine[0-9A-F]{8}$/),
    queues: {
      commands: made['WarehouseCommands'] ?? '',
      replies: made['WarehouseReplies'] ?? '',
      operators: made['OperatorEvents'] ?? '',
    },
    bus: made['FactsBus'] ?? '',
    gatewaySecret: made['GatewaySecret'] ?? '',
    webhookSecret: made['WebhookSecret'] ?? '',
    streamMapping: physical(/^SmsRelayFunctionStream[0-9A-F]{8}$/),
    effectsMapping: physical(/^EffectsRelayFunctionStream[0-9A-F]{8}$/),
  };
}

/** @returns the physical id of the one resource whose logical id is like this. */
export async function physicalIds(StackName: string): Promise<(logical: RegExp) => string> {
  const client = new CloudFormationClient();
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  return (logical) => {
    const found = StackResources.filter(({ LogicalResourceId = '' }) => logical.test(LogicalResourceId));
    const [only] = found;
    if (found.length !== 1 || !only?.PhysicalResourceId) {
      throw new Error(`${StackName} has ${found.length} resources like ${logical}`);
    }
    return only.PhysicalResourceId;
  };
}
