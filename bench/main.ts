/** `npm run bench`: the engine beside the physical limit, in one run on one machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineLogins } from './engine.ts';
import { plainLogins } from './plain.ts';

const LOGINS = 3_000;

const folder = mkdtempSync(join(tmpdir(), 'detent-bench-'));
const print = (text: string) => process.stdout.write(`${text}\n`);
try {
  print(
    'logins per second, durable; plain = three fsynced commits a login by node:sqlite alone, one after the other',
  );
  plainLogins(mkdtempSync(join(folder, 'warm-')), 500);
  const plain = plainLogins(mkdtempSync(join(folder, 'plain-')), LOGINS);
  print(`plain            ${plain.toFixed(0).padStart(6)}`);
  for (const concurrency of [1, 16, 64]) {
    const engine = await engineLogins(mkdtempSync(join(folder, 'engine-')), LOGINS, concurrency);
    print(
      `engine at ${String(concurrency).padStart(3)}    ${engine.toFixed(0).padStart(6)}    ${(engine / plain).toFixed(2)} x plain`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
