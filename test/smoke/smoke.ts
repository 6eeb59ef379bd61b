import { type Ask, asker } from './ask.ts';
import { type Check, type Credentials, checks } from './checks.ts';

export interface SmokeOptions {
  url: URL;
  /** With them one login is begun, which sends an SMS, and cancelled. */
  credentials?: Credentials | undefined;
  /** How long a new deployment may take until it answers, in ms. */
  patienceMs: number;
  /** Gets the report, line by line. */
  print: (line: string) => void;
}

const PAUSE_MS = 1_000;

/**
 * Runs all checks, one after the other, and prints a line for each; the last line is the summary.
 *
 * @returns how many failed. An API that does not answer in time is one failure, and no check runs.
 */
export async function smoke({ url, credentials, patienceMs, print }: SmokeOptions): Promise<number> {
  const ask = asker(url);
  const silence = await untilItAnswers(ask, patienceMs);
  if (silence !== undefined) {
    print(`FAIL  the API answers: not within ${patienceMs / 1000} s; at last: ${silence}`);
    print('smoke: failed, no check could run');
    return 1;
  }
  const all = checks(credentials);
  let failed = 0;
  for (const check of all) {
    const wrong = await reasonOf(check, ask);
    if (wrong !== undefined) failed += 1;
    print(wrong === undefined ? `ok    ${check.name}` : `FAIL  ${check.name}: ${wrong}`);
  }
  print(failed === 0 ? `smoke: all ${all.length} checks passed` : `smoke: ${failed} of ${all.length} failed`);
  return failed;
}

async function reasonOf(check: Check, ask: Ask): Promise<string | undefined> {
  try {
    await check.run(ask);
    return undefined;
  } catch (error) {
    return said(error);
  }
}

/** A name that is not yet known, a refused connection and a gateway without its function: all that passes by itself. */
async function untilItAnswers(ask: Ask, patienceMs: number): Promise<string | undefined> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const silence = await ask('GET', '/.well-known/jwks.json').then(
      ({ status }) => (status >= 500 ? `status ${status}` : undefined),
      said,
    );
    if (silence === undefined) return undefined;
    const left = until - performance.now();
    if (left <= 0) return silence;
    await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE_MS, left)));
  }
}

/** `fetch failed` alone says nothing: the cause does. */
function said(error: unknown): string {
  const { cause, message } = Object(error);
  return String(Object(cause).code ?? Object(cause).message ?? message ?? error);
}
