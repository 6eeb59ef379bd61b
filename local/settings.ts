import { z } from 'zod';

/** What the environment says to the embedded process. */
export interface ProcessSettings {
  port: number;
  /** The address to listen on. The development endpoints are open to whoever reaches it. */
  host: string;
  dataDir: string;
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
});

/** @throws Error that names the variable and what it may be. */
export function processSettings(environment: { [variable: string]: string | undefined }): ProcessSettings {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '),
    );
  }
  const { PORT: port, HOST: host, DATA_DIR: dataDir } = parsed.data;
  return { port, host, dataDir };
}
