/** Where the process listens, in its data folder: for the commands of whoever operates it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ADDRESS_FILE = 'address';

/** @param address such as `http://localhost:3000`. */
export const writeAddress = (dataDir: string, address: string): void =>
  writeFileSync(join(dataDir, ADDRESS_FILE), `${address}\n`);

export const removeAddress = (dataDir: string): void => rmSync(join(dataDir, ADDRESS_FILE), { force: true });
