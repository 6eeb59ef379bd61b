/** The one list of environment variables of the Lambda functions: infra sets them, the functions get them from here. */
import { type Settings, settingsSchema } from '../flows/mfa-login/settings.ts';
import { type PaymentSettings, paymentSettingsSchema } from '../flows/payment/settings.ts';

/** Every variable, and what it is. */
const variables = {
  TABLE_FLOWS: 'name of the DynamoDB table of instances',
  TABLE_USERS: 'name of the DynamoDB table of users',
  TABLE_QUOTAS: 'name of the DynamoDB table of quotas',
  STATE_MACHINE_MFA_LOGIN: 'ARN of the Express state machine of the login',
  STATE_MACHINE_PAYMENT: 'ARN of the Express state machine of the payment',
  FACTS_BUS: 'name of the EventBridge bus that hears of every transition',
  GATEWAY_URL: 'address of the card gateway',
  SECRET_OTP: 'ARN of the secret that codes are derived from',
  SECRET_IDENTITY: 'ARN of the secret that names, numbers and addresses are hashed with',
  SECRET_REQUESTS: 'ARN of the secret that idempotency keys and requests are hashed with',
  SECRET_SIGNING: 'ARN of the secret that signs sessions: a private JWK',
  SECRET_GATEWAY: 'ARN of the secret with the key of the card gateway',
  MFA_LOGIN_SETTINGS: 'figures of the login, as a JSON object; those that are missing have their defaults',
  PAYMENT_SETTINGS: 'figures of the payment, as a JSON object; those that are missing have their defaults',
} as const;

export type Variable = keyof typeof variables;

/** Whoever delivers events. */
const engine = [
  'TABLE_FLOWS',
  'TABLE_USERS',
  'TABLE_QUOTAS',
  'STATE_MACHINE_MFA_LOGIN',
  'STATE_MACHINE_PAYMENT',
  'SECRET_REQUESTS',
  'MFA_LOGIN_SETTINGS',
  'PAYMENT_SETTINGS',
] as const satisfies Variable[];

/** Whoever performs all effects but text messages. */
const effects = ['SECRET_GATEWAY', 'GATEWAY_URL', 'FACTS_BUS'] as const satisfies Variable[];

/** What each function gets: no more than it uses. Names are those of the files here. */
const needs = {
  api: [...engine, 'SECRET_SIGNING'],
  'relay-sms': [...engine, 'SECRET_OTP'],
  'relay-effects': [...engine, ...effects],
  reconciler: [...engine, ...effects, 'SECRET_OTP'],
  'init-signing-key': [],
  'actions/verify-password': ['TABLE_USERS', 'SECRET_IDENTITY', 'MFA_LOGIN_SETTINGS'],
  'actions/send-otp-sms': ['TABLE_QUOTAS', 'SECRET_IDENTITY', 'MFA_LOGIN_SETTINGS'],
  'actions/verify-otp': ['TABLE_USERS', 'SECRET_OTP', 'SECRET_IDENTITY', 'MFA_LOGIN_SETTINGS'],
  'actions/mint-session': ['SECRET_SIGNING', 'MFA_LOGIN_SETTINGS'],
  'actions/validate-payment': [],
  'actions/request-authorization': ['PAYMENT_SETTINGS'],
  'actions/check-capture': [],
  'actions/request-capture': ['PAYMENT_SETTINGS'],
  'actions/void-authorization': ['PAYMENT_SETTINGS'],
  'actions/request-reversal': ['PAYMENT_SETTINGS'],
  'actions/ask-gateway': ['PAYMENT_SETTINGS'],
  'actions/note-answer': [],
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

/** @throws Error where the figures are not what they may be. */
export function settingsOf({ MFA_LOGIN_SETTINGS }: { MFA_LOGIN_SETTINGS: string }): Settings {
  return settingsSchema.parse(JSON.parse(MFA_LOGIN_SETTINGS));
}

/** @throws Error where the figures are not what they may be. */
export function paymentSettingsOf({ PAYMENT_SETTINGS }: { PAYMENT_SETTINGS: string }): PaymentSettings {
  return paymentSettingsSchema.parse(JSON.parse(PAYMENT_SETTINGS));
}

/** Whether the services are an emulator's: then it has told the SDK their address. */
export const emulated = (): boolean => Boolean(process.env['AWS_ENDPOINT_URL']);
