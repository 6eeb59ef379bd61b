/** Commands as processes of their own, and machines to try them on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Definition } from '../../core/definition.ts';
import type { Page, Resting, Scan } from '../../operations/instances.ts';

const root = resolve(import.meta.dirname, '../..');

/** Runs `operations/<name>.ts` to its end, with what is piped into it, and with no variables but these and PATH. */
export async function run(name: string, args: string[], piped = '', env: { [name: string]: string } = {}) {
  const child = spawn(process.execPath, [join(root, `operations/${name}.ts`), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += String(data)));
  child.stderr.on('data', (data) => (output.stderr += String(data)));
  // It may have ended before it reads anything.
  child.stdin.on('error', () => {}).end(piped);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output };
}

/** A machine: its stable states, and its rows. `*` marks a final state. */
export function machine(states: string[], rows: [state: string, event: string][] = []): Definition {
  const last = (name: string, output: object) => [
    name,
    { Type: 'Pass', Parameters: { 'step.$': '$.step', ...output }, End: true },
  ];
  const first = (states[0] ?? '').replace('*', '');
  return {
    StartAt: 'Route',
    States: {
      Route: {
        Type: 'Choice',
        Choices: rows.map(([state, event]) => ({
          And: [
            { Variable: '$.flow.state', StringEquals: state },
            { Variable: '$.event.type', StringEquals: event },
          ],
          Next: first,
        })),
        Default: 'NotAllowed',
      },
      NotAllowed: { Type: 'Pass', Parameters: { rejected: { reason: 'NotAllowed' } }, End: true },
      ...Object.fromEntries(
        states.map((state) => {
          const name = state.replace('*', '');
          return last(name, { state: name, ...(name === state ? { deadlineSeconds: 60 } : { final: true }) });
        }),
      ),
    },
  };
}

export const resting = (flowId: string, state: string, more: Partial<Resting> = {}): Resting => ({
  ...{ flow: 'door', flowId, state, waiting: [] },
  ...more,
});

/** A scan that finds these, one page each. */
export async function* scanOf(...instances: Resting[]): Scan {
  for (const instance of instances) yield { read: 2, instances: [instance], unreadable: 0 };
}

/**
 * A folder with the definition of the login, changed as text, and with renamings.
 *
 * @param renamings `from → to`.
 */
export function loginDefinitions(
  folder: string,
  change: (text: string) => string,
  renamings: string[] = [],
): string {
  mkdirSync(folder, { recursive: true });
  const text = readFileSync(join(root, 'state-definitions/mfa-login.asl.json'), 'utf8');
  writeFileSync(join(folder, 'mfa-login.asl.json'), change(text));
  const entries = renamings.map((one) => {
    const [from, to] = one.split(' → ');
    return { from, to, since: '2026-12-01', reason: 'a test' };
  });
  writeFileSync(join(folder, 'migrations.json'), JSON.stringify({ 'mfa-login': entries }));
  return folder;
}

export async function pagesOf(scan: Scan) {
  const pages: Page[] = [];
  for await (const page of scan) pages.push(page);
  return {
    pages: pages.length,
    read: pages.reduce((sum, { read }) => sum + read, 0),
    unreadable: pages.reduce((sum, { unreadable }) => sum + unreadable, 0),
    instances: pages.flatMap(({ instances }) => instances),
  };
}
