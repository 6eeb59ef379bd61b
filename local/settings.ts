import { z } from 'zod';
import { gatewayAddress } from '../flows/payment/settings.ts';

/** What the environment says to the embedded process. */
export interface ProcessSettings {
  port: number;
  /** The address to listen on. The development endpoints are open to whoever reaches it. */
  host: string;
  dataDir: string;
  /** A card gateway that speaks Stripe's API, with the key for it; without one a sandbox is started beside the process. */
  gateway?: { url: string; key: string };
  /** How long the sandbox takes for each answer, in ms. */
  gatewayDelayMs: number;
  /** What webhooks of the payment provider are signed with; with the sandbox there is one by itself. */
  webhookSecret?: string;
  /** Where committed transitions are posted to; without it they are written to a file in the data folder. */
  factsUrl?: string;
}

const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number from 0 to 65535')
    .transform(Number)
    .pipe(z.int().max(65_535, 'must be a whole number from 0 to 65535'))
    .default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('.data'),
  GATEWAY_URL: gatewayAddress.optional(),
  GATEWAY_KEY: z.string().min(1).optional(),
  GATEWAY_DELAY_MS: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number of ms from 0 to 60000')
    .transform(Number)
    .pipe(z.int().max(60_000, 'must be a whole number of ms from 0 to 60000'))
    .default(0),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  FACTS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:8080/facts' })
    .optional(),
});

/** @throws Error that names the variable and what it may be. */
export function processSettings(environment: { [variable: string]: string | undefined }): ProcessSettings {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '),
    );
  }
  const { PORT: port, HOST: host, DATA_DIR: dataDir, GATEWAY_URL: url, GATEWAY_KEY: key } = parsed.data;
  if ((url === undefined) !== (key === undefined)) {
    throw new Error('GATEWAY_URL and GATEWAY_KEY go together: set both, or neither for the sandbox');
  }
  const { GATEWAY_DELAY_MS: gatewayDelayMs, FACTS_URL: factsUrl } = parsed.data;
  const { STRIPE_WEBHOOK_SECRET: webhookSecret } = parsed.data;
  return {
    ...{ port, host, dataDir, gatewayDelayMs },
    ...(url !== undefined && key !== undefined && { gateway: { url, key } }),
    ...(webhookSecret !== undefined && { webhookSecret }),
    ...(factsUrl !== undefined && { factsUrl }),
  };
}
