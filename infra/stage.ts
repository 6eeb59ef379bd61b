/** What may differ between deployments, from the context: `cdk deploy -c stage=production -c countries=US,CA`. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as z from 'zod';
// The one thing that infra takes from flows: settings are configuration, and a figure must not be written down twice.
import { type CheckoutSettings, checkoutSettingsSchema } from '../flows/checkout/settings.ts';
import { type Settings, settingsSchema } from '../flows/mfa-login/settings.ts';
import { gatewayAddress, type PaymentSettings, paymentSettingsSchema } from '../flows/payment/settings.ts';
import { countries as allCountries } from './countries.ts';

const names = ['dev', 'staging', 'production'] as const;

export interface Limits {
  /** Requests a second that the API lets through; what is above gets 429 from the gateway. */
  requestsPerSecond: number;
  /** Requests at once, before that rate counts. */
  burst: number;
  /** US dollars for SMS in a calendar month: an alarm comes at 80 %, and the account is to be limited to it. */
  smsMonthlyDollars: number;
  /** SMS in one minute from which on an alarm comes. Nothing stops there. */
  smsPerMinute: number;
}

export interface Stage {
  /** `staging` is like production, but can be removed with all that it holds. */
  name: (typeof names)[number];
  /** Where the stack goes; without it, wherever the credentials point. */
  region?: string;
  /** What becomes of data and logs when the stack, or their construct, goes. */
  removalPolicy: RemovalPolicy;
  deletionProtection: boolean;
  logRetention: RetentionDays;
  limits: Limits;
  /** ISO 3166-1 alpha-2: where SMS may go. */
  countries: string[];
  /** Whether the stack makes the list of countries that the account blocks. Few emulators know such a resource. */
  protectConfiguration: boolean;
  /** Whether alarms may be on arithmetic: on rates and sums. AWS knows it, some emulators do not. */
  metricMath: boolean;
  /** Whether the queues of other systems refuse what comes without TLS: always, but in an emulator on this machine. */
  tlsOnly: boolean;
  /** Where alarms go. */
  alarmEmail?: string;
  /** Every figure of the login. The context `mfaLogin` changes some: `-c mfaLogin='{"codeSeconds":120}'`. */
  mfaLogin: Settings;
  /** Every figure of the payment. */
  payment: PaymentSettings;
  /** Every figure of the checkout, and where customers go from the provider's page. */
  checkout: CheckoutSettings;
  /** The AWS account that the warehouse's software runs in, where it is not the stack's own. */
  warehouseAccount?: string;
  /** The card gateway: what speaks Stripe's API. */
  gatewayUrl: string;
}

/** A new account may spend 1 dollar a month on SMS, and API Gateway lets 10,000 requests a second into an account. */
const limitsOf: { [name in Stage['name']]: Limits } = {
  dev: { requestsPerSecond: 100, burst: 200, smsMonthlyDollars: 1, smsPerMinute: 100 },
  staging: { requestsPerSecond: 200, burst: 400, smsMonthlyDollars: 10, smsPerMinute: 100 },
  production: { requestsPerSecond: 200, burst: 400, smsMonthlyDollars: 500, smsPerMinute: 300 },
};

const limitsSchema = z.strictObject({
  requestsPerSecond: z.int().min(1).max(10_000).exactOptional(),
  burst: z.int().min(1).max(5_000).exactOptional(),
  smsMonthlyDollars: z.int().min(1).exactOptional(),
  smsPerMinute: z.int().min(1).exactOptional(),
});

/** The command line gives texts. */
const json = <S extends z.ZodType>(schema: S) => z.preprocess(parsed, schema);

const contextSchema = z.strictObject({
  stage: z.enum(names).default('dev'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'Must be the name of an AWS region, such as eu-west-1')
    .optional(),
  countries: z
    .preprocess(
      listed,
      z
        .array(
          z
            .string()
            .refine(
              (code) => allCountries.includes(code),
              'Must be a code of ISO 3166-1 alpha-2, such as US',
            ),
        )
        .min(1),
    )
    .default(['US']),
  limits: json(limitsSchema).default({}),
  protectConfiguration: json(z.boolean()).exactOptional(),
  metricMath: json(z.boolean()).default(true),
  tlsOnly: json(z.boolean()).default(true),
  alarmEmail: z.email('Must be an e-mail address').optional(),
  mfaLogin: json(settingsSchema.prefault({})),
  payment: json(paymentSettingsSchema.prefault({})),
  checkout: json(checkoutSettingsSchema.prefault({})),
  warehouseAccount: z
    .string()
    .regex(/^\d{12}$/, 'Must be the twelve digits of an AWS account')
    .optional(),
  gatewayUrl: gatewayAddress.default('https://api.stripe.com'),
});

type ContextKey = keyof typeof contextSchema.shape;
const contextKeys = Object.keys(contextSchema.shape) as ContextKey[];

/** What an object may hold, by its path in the context. */
const keysOf: { [path: string]: string[] } = {
  '': contextKeys,
  limits: Object.keys(limitsSchema.shape),
  mfaLogin: Object.keys(settingsSchema.shape),
  payment: Object.keys(paymentSettingsSchema.shape),
  checkout: Object.keys(checkoutSettingsSchema.shape),
};

/**
 * The stage that the context of the command line, or of cdk.json, asks for.
 *
 * @param defaults for what is not given there.
 * @throws Error that names what is wrong in the context.
 */
export function stageOf(node: Node, defaults: { [key in ContextKey]?: unknown } = {}): Stage {
  const given = contextKeys.map((key) => [key, node.tryGetContext(key)] as const);
  const context = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return stageFrom({ ...defaults, ...context });
}

/**
 * A stage from plain values: `stageFrom({ stage: 'production', region: 'eu-west-1' })`. What is missing has its default;
 * texts are taken as the command line gives them.
 *
 * @throws Error that names every key that is wrong, what it was and what it may be.
 */
export function stageFrom(context: unknown): Stage {
  const checked = contextSchema.safeParse(context);
  if (!checked.success) {
    const wrong = checked.error.issues.map((issue) => described(issue, context));
    throw new Error(`The context is not as it should be. ${wrong.join('; ')}`);
  }
  const {
    stage: name,
    region,
    alarmEmail,
    limits,
    countries,
    protectConfiguration,
    warehouseAccount,
    ...others
  } = checked.data;
  // Who names countries means that SMS go to no other.
  const named = Object.hasOwn(Object(context), 'countries');
  const production = name === 'production';
  return {
    ...others,
    ...(region && { region }),
    ...(alarmEmail && { alarmEmail }),
    ...(warehouseAccount && { warehouseAccount }),
    name,
    countries: [...new Set(countries)],
    protectConfiguration: protectConfiguration ?? named,
    limits: { ...limitsOf[name], ...limits },
    removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    deletionProtection: production,
    logRetention: name === 'dev' ? RetentionDays.ONE_WEEK : RetentionDays.THREE_MONTHS,
  };
}

function described({ path, message, code }: z.core.$ZodIssue, context: unknown): string {
  const where = path.join('.');
  if (code === 'unrecognized_keys')
    return `${where || 'context'}: ${message}, may be ${keysOf[where]?.join(', ')}`;
  const was = path.reduce<unknown>((value, key) => Object(inside(value))[key], context);
  return `${where || 'context'}: ${message}, but was ${JSON.stringify(was)?.slice(0, 80)}`;
}

/** A value as the schema saw it. */
const inside = (value: unknown): unknown => {
  const list = listed(value);
  return Array.isArray(list) ? list : parsed(value);
};

function parsed(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** `US,CA` and `["US","CA"]` are the same. */
function listed(given: unknown): unknown {
  const value = parsed(given);
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}
