/** Starts and stops an emulator of AWS. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Choice, choose, surroundings } from './choose.ts';
import { emulatorLog, folder, localstackFile, requirements, temporary, venv } from './paths.ts';
import { neutral, run, say, searchPath } from './run.ts';
import { forgetState, readState, type State, writeState } from './state.ts';

const port = process.env['EMULATOR_PORT'] ?? '4566';
const local = `http://localhost:${port}`;
const CONTAINER = 'detent-ministack';
/** The same version as in requirements.txt. */
const IMAGE = 'ministackorg/ministack:1.5.33';

/** Where MiniStack and LocalStack say how they are. */
const health = ['/_ministack/health', '/_localstack/health'];

/** What every AWS client and tool has to know to speak with an emulator. */
export const awsEnvironment = ({ endpoint }: Pick<State, 'endpoint'>) => ({
  AWS_ENDPOINT_URL: endpoint,
  // Both emulators take these for the root of the account.
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  CDK_DEFAULT_ACCOUNT: '000000000000',
  CDK_DEFAULT_REGION: 'us-east-1',
});

export async function answers(endpoint: string): Promise<boolean> {
  const asked = health.map((path) => fetch(`${endpoint}${path}`, { signal: AbortSignal.timeout(2_000) }));
  return (await Promise.allSettled(asked)).some((one) => one.status === 'fulfilled' && one.value.ok);
}

/**
 * Starts what is to be had, unless it runs already.
 *
 * @throws Error that says what is missing, or why it did not start.
 */
export async function startEmulator(): Promise<State> {
  const before = readState();
  const wanted = process.env['AWS_ENDPOINT_URL'] ?? local;
  if (before?.endpoint === wanted && (await answers(before.endpoint))) {
    say(`The emulator runs already at ${before.endpoint} (npm run aws:down stops it).`);
    return before;
  }
  mkdirSync(folder, { recursive: true });
  const choice = choose(surroundings);
  if (choice.kind !== 'given' && (await answers(local))) {
    throw new Error(
      `Something else answers at ${local}. Stop it, or set AWS_ENDPOINT_URL=${local} to use it, or EMULATOR_PORT for another port.`,
    );
  }
  const state = await start(choice);
  writeState(state);
  await ready(state);
  return state;
}

async function start(choice: Choice): Promise<State> {
  switch (choice.kind) {
    case 'given':
      say(`Using the emulator at ${choice.endpoint}`);
      return choice;
    case 'localstack':
      say('Starting LocalStack in Docker …');
      await run('docker', ['compose', '-f', localstackFile, 'up', '-d', '--wait'], { loud: true });
      return { kind: 'localstack', endpoint: local };
    case 'ministack-image':
      say(`Starting ${IMAGE} in Docker …`);
      await run('docker', [
        ...['run', '-d', '--rm', '--name', CONTAINER, '-p', `127.0.0.1:${port}:4566`],
        ...[
          '-e',
          'AUTH=true',
          '-e',
          'LAMBDA_EXECUTOR=docker',
          '-v',
          '/var/run/docker.sock:/var/run/docker.sock',
        ],
        IMAGE,
      ]);
      return { kind: 'ministack-image', endpoint: local };
    case 'ministack':
      await install(choice.python);
      return { kind: 'ministack', endpoint: local, pid: startMinistack() };
  }
}

async function install(python: string): Promise<void> {
  if (!existsSync(`${venv}/bin/ministack`)) {
    say('Making a virtual environment with MiniStack …');
    await run(python, ['-m', 'venv', '--clear', venv]);
  }
  // Also where it is there: the pinned versions may have changed since.
  const quietly = ['-q', '--disable-pip-version-check'];
  await run(`${venv}/bin/pip`, ['install', ...quietly, '--require-hashes', '-r', requirements]);
}

function startMinistack(): number {
  say(`Starting MiniStack on port ${port} …`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  // Its scripts are CommonJS, and lie within this package.
  writeFileSync(join(temporary, 'package.json'), '{"type":"commonjs"}');
  const log = openSync(emulatorLog, 'w');
  const { AWS_ENDPOINT_URL: _, ...environment } = awsEnvironment({ endpoint: local });
  const child = spawn(`${venv}/bin/ministack`, [], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...neutral,
      ...environment,
      // It leaves the code of functions behind.
      TMPDIR: temporary,
      // Functions run in the Node of this checkout.
      PATH: searchPath,
      GATEWAY_PORT: port,
      BIND_HOST: '127.0.0.1',
      // The policies of all roles are in force.
      AUTH: 'true',
    },
  });
  child.unref();
  if (child.pid === undefined) throw new Error('MiniStack could not be started');
  return child.pid;
}

async function ready({ endpoint, kind, pid }: State): Promise<void> {
  for (const until = Date.now() + 120_000; Date.now() < until; await wait(200)) {
    if (await answers(endpoint)) return;
    if (pid !== undefined && !alive(pid)) break;
  }
  const log = kind === 'ministack' ? `\n${readFileSync(emulatorLog, 'utf8').slice(-2_000)}` : '';
  throw new Error(`The emulator does not answer at ${endpoint}.${log}`);
}

/** Stops what `startEmulator` started. */
export async function stopEmulator(state: State): Promise<void> {
  if (state.kind === 'localstack') await run('docker', ['compose', '-f', localstackFile, 'down', '-v']);
  if (state.kind === 'ministack-image') await run('docker', ['rm', '-f', CONTAINER]);
  if (state.pid !== undefined) await stopProcess(state.pid);
  rmSync(temporary, { recursive: true, force: true });
  forgetState();
}

/** With its children: the functions are processes of the same group. */
async function stopProcess(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!alive(pid)) return;
    process.kill(-pid, signal);
    for (let tries = 0; tries < 25 && alive(pid); tries++) await wait(200);
  }
}

/** Whether it is still our emulator: the number may be another process's by now. */
const alive = (pid: number): boolean => commandOf(pid).includes('ministack');

function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self')) return existsSync(file) ? readFileSync(file, 'utf8') : '';
  return surroundings.run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]) ?? '';
}

/** An emulator that `aws:up` started, and that runs. */
export async function running(): Promise<State | undefined> {
  const state = readState();
  return state && state.kind !== 'given' && (await answers(state.endpoint)) ? state : undefined;
}
