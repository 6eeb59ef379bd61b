/** A run that leaves much behind where it is killed: folders of all kinds, and a server. Waits to be ended. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runParts } from '../../bench/run.ts';
import { startServer } from '../../bench/start/child.ts';
import { temporaryFolder } from '../support/tables.ts';

const part = {
  ...{ name: 'endless', title: 'endless' },
  async measure({ folder }: { folder(): string }) {
    for (const path of [folder(), temporaryFolder().path]) writeFileSync(join(path, 'file'), 'data');
    const { url } = await startServer({ module: 'bench/http/bare.ts', args: ['{}'] });
    process.stdout.write(`${url}\n`);
    return new Promise<never>(() => setInterval(() => {}, 1_000));
  },
};
await runParts(
  [part],
  true,
  () => {},
  () => {},
);
