/** The one list of environment variables of the Lambda functions: infra sets them, the functions get them from here. */
import type * as z from 'zod';

/** Every variable, and what it is. */
const variables = {
  TABLE_FLOWS: 'name of the DynamoDB table of instances',
  TABLE_USERS: 'name of the DynamoDB table of users',
  TABLE_QUOTAS: 'name of the DynamoDB table of quotas',
  TABLE_INVENTORY: 'name of the DynamoDB table of the inventory',
  STATE_MACHINES: 'ARN of the Express state machine of every flow, as a JSON object by name',
  FLOW_SETTINGS:
    'figures of flows, as a JSON object by name: an object each; those that are missing have their defaults',
  FACTS_BUS: 'name of the EventBridge bus that hears of every transition',
  GATEWAY_URL: 'address of the card gateway',
  WAREHOUSE_QUEUE: 'URL of the SQS queue that the warehouse takes its commands from',
  INTAKE_SOURCES: 'who sends to each queue, as a JSON object: ARN of the queue → name of the source',
  SECRET_OTP: 'ARN of the secret that codes are derived from',
  SECRET_IDENTITY: 'ARN of the secret that names, numbers and addresses are hashed with',
  SECRET_REQUESTS: 'ARN of the secret that idempotency keys and requests are hashed with',
  SECRET_SIGNING: 'ARN of the secret that signs sessions: a private JWK',
  SECRET_GATEWAY: 'ARN of the secret with the key of the card gateway',
  SECRET_WEBHOOK: 'ARN of the secret that the payment provider signs its webhooks with',
} as const;

export type Variable = keyof typeof variables;

/** Whoever delivers events. */
const engine = [
  'TABLE_FLOWS',
  'TABLE_USERS',
  'TABLE_QUOTAS',
  'TABLE_INVENTORY',
  'STATE_MACHINES',
  'FLOW_SETTINGS',
  'SECRET_REQUESTS',
] as const satisfies Variable[];

/** Whoever performs all effects but text messages. */
const effects = [
  'SECRET_GATEWAY',
  'GATEWAY_URL',
  'WAREHOUSE_QUEUE',
  'FACTS_BUS',
] as const satisfies Variable[];

/** What each function gets: no more than it uses. Names are those of the files here. */
const needs = {
  api: [...engine, 'SECRET_SIGNING'],
  webhooks: [...engine, 'SECRET_WEBHOOK'],
  intake: [...engine, 'INTAKE_SOURCES'],
  'relay-sms': [...engine, 'SECRET_OTP'],
  'relay-effects': [...engine, ...effects],
  reconciler: [...engine, ...effects, 'SECRET_OTP'],
  'init-signing-key': [],
  'actions/verify-password': ['TABLE_USERS', 'SECRET_IDENTITY', 'FLOW_SETTINGS'],
  'actions/send-otp-sms': ['TABLE_QUOTAS', 'SECRET_IDENTITY', 'FLOW_SETTINGS'],
  'actions/verify-otp': ['TABLE_USERS', 'SECRET_OTP', 'SECRET_IDENTITY', 'FLOW_SETTINGS'],
  'actions/mint-session': ['SECRET_SIGNING', 'FLOW_SETTINGS'],
  'actions/validate-payment': [],
  'actions/request-authorization': ['FLOW_SETTINGS'],
  'actions/check-capture': [],
  'actions/request-capture': ['FLOW_SETTINGS'],
  'actions/void-authorization': ['FLOW_SETTINGS'],
  'actions/request-reversal': ['FLOW_SETTINGS'],
  'actions/ask-gateway': ['FLOW_SETTINGS'],
  'actions/note-answer': [],
  'actions/reserve-inventory': ['TABLE_INVENTORY', 'FLOW_SETTINGS'],
  'actions/create-payment-session': ['FLOW_SETTINGS'],
  'actions/keep-payment-session': ['FLOW_SETTINGS'],
  'actions/ask-payment-provider': ['FLOW_SETTINGS'],
  'actions/expire-payment-session': [],
  'actions/release-inventory': [],
  'actions/commit-inventory': [],
  'actions/restock-inventory': [],
  'actions/send-fulfilment-command': ['FLOW_SETTINGS'],
  'actions/ask-warehouse': ['FLOW_SETTINGS'],
  'actions/refund-payment': ['FLOW_SETTINGS'],
  'actions/note-refund': [],
  'actions/note-fulfilment': [],
} as const satisfies { [entry: string]: readonly Variable[] };

/** A function, by the path of its file without the ending. */
export type Entry = keyof typeof needs;

type VariableOf<E extends Entry> = (typeof needs)[E][number];

/** The names of the variables that a function gets. */
export const variablesOf = (entry: Entry): readonly Variable[] => needs[entry];

/** Exactly the variables of one function. */
export type EnvironmentOf<E extends Entry> = { [Name in VariableOf<E>]: string };

export type EffectsEnvironment = { [Name in (typeof effects)[number]]: string };

export type EngineEnvironment = { [Name in (typeof engine)[number]]: string };

/** @throws Error that names every variable that is missing, and what it should be. */
export function environmentOf<E extends Entry>(
  entry: E,
  source: { readonly [name: string]: string | undefined } = process.env,
): EnvironmentOf<E> {
  const names: readonly VariableOf<E>[] = needs[entry];
  const missing = names.filter((name) => !source[name]).map((name) => `${name} (${variables[name]})`);
  if (missing.length > 0) throw new Error(`${entry} needs environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as EnvironmentOf<E>;
}

/**
 * A variable that holds something for each of several names.
 *
 * @throws Error where it is no JSON object.
 */
export function byName<T = string>(text: string): { [name: string]: T } {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as { [name: string]: T };
  throw new Error('An environment variable is not a JSON object');
}

/**
 * The figures of one flow, for its actions: they read no others, and so need no other flow's schema.
 *
 * @throws Error where the figures are not what they may be.
 */
export const settingsOf = <S>(
  flow: string,
  schema: z.ZodType<S>,
  { FLOW_SETTINGS }: { FLOW_SETTINGS: string },
): S => schema.parse(byName<unknown>(FLOW_SETTINGS)[flow] ?? {});

/** Whether the services are an emulator's: then it has told the SDK their address. */
export const emulated = (): boolean => Boolean(process.env['AWS_ENDPOINT_URL']);
