/** What may differ between deployments, from the context: `cdk deploy -c stage=production`. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as z from 'zod';
// The one value that infra takes from a flow: settings are configuration, and a figure must not be written down twice.
import { type Settings, settingsSchema } from '../flows/mfa-login/settings.ts';

export interface Stage {
  name: 'dev' | 'production';
  /** What becomes of data and logs when the stack, or their construct, goes. */
  removalPolicy: RemovalPolicy;
  deletionProtection: boolean;
  logRetention: RetentionDays;
  /** Requests a second, and in one burst, that the API lets through. */
  throttle: { rateLimit: number; burstLimit: number };
  /** Every figure of the login. The context `mfaLogin` changes some: `-c mfaLogin='{"codeSeconds":120}'`. */
  mfaLogin: Settings;
}

const contextSchema = z.object({
  stage: z.enum(['dev', 'production']).default('dev'),
  mfaLogin: z.preprocess((given) => (typeof given === 'string' ? parse(given) : given), settingsSchema),
});

/** @throws Error that names what is wrong in the context. */
export function stageOf(node: Node): Stage {
  const context = {
    stage: node.tryGetContext('stage'),
    mfaLogin: node.tryGetContext('mfaLogin') ?? {},
  };
  const parsed = contextSchema.safeParse(context);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The context is not as it should be. ${wrong.join('; ')}`);
  }
  const { stage: name, mfaLogin } = parsed.data;
  const production = name === 'production';
  return {
    name,
    removalPolicy: production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    deletionProtection: production,
    logRetention: production ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
    throttle: production ? { rateLimit: 200, burstLimit: 400 } : { rateLimit: 20, burstLimit: 40 },
    mfaLogin,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
