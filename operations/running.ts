/** The embedded process that holds a data folder, as long as it runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ADDRESS_FILE, type Address, PROCESS_HEADER } from '../local/address.ts';

/** Whether the data folder is held by a process: then only that one can change what is in it. */
export const isInUse = (error: unknown): boolean =>
  error instanceof Error && error.name === 'DataFileError' && /in use by another process/.test(error.message);

/**
 * Asks the process that holds a data folder.
 *
 * @returns the body of its answer.
 * @throws Error where it is not to be found, or says no: with its words.
 */
export async function askRunning<T>(
  dataDir: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const file = join(resolve(dataDir), ADDRESS_FILE);
  if (!existsSync(file))
    throw new Error(
      `The process that holds ${dataDir} has not said where it listens. Stop it, and try again.`,
    );
  const { address, process } = JSON.parse(readFileSync(file, 'utf8')) as Address;
  const headers = { [PROCESS_HEADER]: process, ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(`${address}${path}`, {
    method,
    ...{ headers, ...(body && { body: JSON.stringify(body) }) },
  }).catch(() => {
    throw new Error(`Nobody answers at ${address}. Start the process, or stop what holds ${dataDir}.`);
  });
  const answer = (await response.json()) as { detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `The process answered ${response.status}.`);
  return answer as T;
}
