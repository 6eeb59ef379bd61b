import * as z from 'zod';

/** Every figure of the login, with its default. Durations in seconds. */
export const settingsSchema = z.strictObject({
  /** NIST SP 800-63B-4 allows at most 10 minutes. */
  codeSeconds: z.int().min(30).max(600).default(300),
  attempts: z.int().min(1).max(10).default(3),
  resends: z.int().min(0).max(10).default(3),
  resendCooldownSeconds: z.int().min(0).max(300).default(30),
  /** How often a failed SMS is sent again without being asked. */
  smsRetries: z.int().min(0).max(5).default(2),
  smsQuotaPerHour: z.int().min(1).default(5),
  smsQuotaPerDay: z.int().min(1).default(10),
  sessionSeconds: z.int().min(60).default(900),
  /** Failures in a row before new logins are delayed (RFC 4226, 7.3): per account and address, and codes per account. */
  failuresBeforeDelay: z.int().min(1).default(10),
  /** Wrong passwords on one account from anywhere (NIST SP 800-63B-4: at most 100 in a row). */
  failuresFromAnywhere: z.int().min(1).max(100).default(100),
  /** The first delay; it doubles with each further failure up to the longest. */
  delaySeconds: z.int().min(1).default(900),
  longestDelaySeconds: z.int().min(1).default(86_400),
  /**
   * How many passwords are hashed at once, by the threads of Node's pool. It has 4 (`UV_THREADPOOL_SIZE`): one stays free for what
   * takes a moment there, such as a signature, and would wait behind all of them.
   */
  passwordsAtOnce: z.int().min(1).default(3),
  retentionSeconds: z.int().min(60).default(86_400),
  deniedRetentionSeconds: z.int().min(60).default(900),
  /** `iss` and `aud` of the session token. */
  issuer: z.string().min(1).default('detent'),
  audience: z.string().min(1).default('detent'),
});

export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = settingsSchema.parse({});

/** Names of environment variables that set a figure. */
export const settingVariables = {
  SMS_QUOTA_PER_PHONE: 'smsQuotaPerHour',
  SMS_QUOTA_PER_PHONE_DAY: 'smsQuotaPerDay',
  ACCOUNT_FAILURES_BEFORE_DELAY: 'failuresBeforeDelay',
  PASSWORDS_AT_ONCE: 'passwordsAtOnce',
} as const satisfies { [variable: string]: keyof Settings };

/**
 * The settings with what the environment changes.
 *
 * @throws Error that names the variable and what it may be.
 */
export function settingsFrom(environment: { [variable: string]: string | undefined }): Settings {
  const given = Object.entries(settingVariables).flatMap(([variable, setting]) => {
    const text = environment[variable];
    if (text === undefined || text === '') return [];
    if (!/^[1-9]\d{0,8}$/.test(text))
      throw new Error(`${variable} must be a whole number from 1, not ${text}`);
    return [[setting, Number(text)] as const];
  });
  return { ...defaultSettings, ...Object.fromEntries(given) };
}
