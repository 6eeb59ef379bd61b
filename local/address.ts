/** Where the process listens, in its data folder: for the commands of whoever operates it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ADDRESS_FILE = 'address';

/** The header by which a command says which process it means: another one may listen there by now. */
export const PROCESS_HEADER = 'x-detent-process';

export interface Address {
  /** Such as `http://localhost:3000`. */
  address: string;
  /** Names the process. */
  process: string;
}

export const writeAddress = (dataDir: string, address: Address): void =>
  writeFileSync(join(dataDir, ADDRESS_FILE), `${JSON.stringify(address)}\n`);

export const removeAddress = (dataDir: string): void => rmSync(join(dataDir, ADDRESS_FILE), { force: true });
