/** A copy of this checkout, in which flows can be made. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../support/tables.ts';

export const root = resolve(import.meta.dirname, '../..');

/** All that is checked in, but for what no test here reads. */
const left = ['node_modules', '.git', '.github', '.data', '.emulator', 'cdk.out', 'dist', 'coverage'];

export type Checkout = ReturnType<typeof copyOfCheckout>;

export function copyOfCheckout() {
  const { path, remove } = temporaryFolder();
  for (const name of readdirSync(root).filter((one) => !left.includes(one)))
    cpSync(join(root, name), join(path, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  return {
    ...{ path, remove },
    read: (file: string) => readFileSync(join(path, file), 'utf8'),
    write: (file: string, text: string) => writeFileSync(join(path, file), text),
    /** Runs a module of the copy, or of a package, with this Node. */
    run: (args: string[], env: { [name: string]: string } = {}) => run(path, args, env),
    newFlow: (...args: string[]) => run(path, ['operations/new-flow.ts', ...args]),
  };
}

async function run(cwd: string, args: string[], env: { [name: string]: string } = {}) {
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
